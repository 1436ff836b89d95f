// openid-client as a relying party that is told what to do, one JSON line at a time: {"do": name, ...} in, the result out.
import { createInterface } from 'node:readline';
import * as client from 'openid-client';

const execute = [client.allowInsecureRequests];
let config, verifier, state, nonce;

const steps = {
  async discover({ issuer, clientId, secret }) {
    const how = secret === undefined ? client.None() : client.ClientSecretBasic(secret);
    config = await client.discovery(new URL(issuer), clientId, undefined, how, { execute });
    return config.serverMetadata();
  },
  async authorize({ redirectUri, scope, ...more }) {
    verifier = client.randomPKCECodeVerifier();
    [state, nonce] = [client.randomState(), client.randomNonce()];
    return client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri, scope, state, nonce, code_challenge_method: 'S256',
      code_challenge: await client.calculatePKCECodeChallenge(verifier), ...more,
    }).href;
  },
  async callback({ url }) {
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(config, new URL(url), checks);
    return { ...tokens, claims: tokens.claims() };
  },
  userinfo: ({ token, sub }) => client.fetchUserInfo(config, token, sub),
  refresh: ({ token }) => client.refreshTokenGrant(config, token),
  credentials: (parameters) => client.clientCredentialsGrant(config, parameters),
  introspect: ({ token }) => client.tokenIntrospection(config, token),
  revoke: async ({ token }) => (await client.tokenRevocation(config, token)) ?? null,
  logout: async (parameters) => client.buildEndSessionUrl(config, parameters).href,
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...parameters } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await steps[name](parameters) }));
  } catch (error) {
    // A challenge is an array of { scheme, parameters }; another refusal has RFC 6749's own members.
    const { error: said, error_description: description } = Array.isArray(error.cause) ? error.cause[0].parameters : error;
    const message = error.cause?.message ?? error.message;
    console.log(JSON.stringify({ error: { code: error.code, message, said, description } }));
  }
}
