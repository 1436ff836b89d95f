// The certified OpenID provider of npm, with one client and its own login form. Prints {"issuer": …} when it listens.
// usage: node oidc_provider.mjs REDIRECT_URI POST_LOGOUT_REDIRECT_URI
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const [redirectUri, postLogoutRedirectUri] = process.argv.slice(2);
const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://localhost:${server.address().port}`;

const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const key = { ...(await exportJWK(privateKey)), kid: 'stranger', alg: 'ES256', use: 'sig' };

const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  clients: [
    {
      client_id: 'shop',
      client_secret: 's3cret:/+%',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [postLogoutRedirectUri],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  claims: { openid: ['sub'], profile: ['region'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['a key for a test'] },
  features: { revocation: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, region: 'eu' }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: () => true,
  ttl: { AccessToken: 600, IdToken: 3600, RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 600 },
});
server.on('request', provider.callback());
console.log(JSON.stringify({ issuer }));
