// jose as a resource server, and as a client that signs its own assertions; driven like relying_party.mjs.
import { createInterface } from 'node:readline';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';

let pair;

const steps = {
  async verify({ jwks, token, ...expected }) {
    const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(jwks)), expected);
    return { payload, header: protectedHeader };
  },
  async keys() {
    pair = await generateKeyPair('ES256');
    return { ...(await exportJWK(pair.publicKey)), kid: 'mine', alg: 'ES256', use: 'sig' };
  },
  assertion: ({ client, audience, jti, lifetime = '60s' }) =>
    new SignJWT({ jti })
      .setProtectedHeader({ alg: 'ES256', kid: 'mine' })
      .setIssuer(client).setSubject(client).setAudience(audience)
      .setIssuedAt().setExpirationTime(lifetime)
      .sign(pair.privateKey),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...parameters } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await steps[name](parameters) }));
  } catch ({ code, message }) {
    console.log(JSON.stringify({ error: { code, message } }));
  }
}
