// Two OpenID providers for tests/tests/oidc.rs: a real one (oidc-provider), and one whose tokens say whatever the test wants. Prints one
// line of JSON with their addresses; ends with its standard input.
//
// node providers.mjs MODULES TINGJIAN_URL
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, tingjian] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(modules, "node_modules", file)));
const { default: Provider } = await load("oidc-provider/lib/index.js");
const jose = await load("jose/dist/webapi/index.js");

// Starts to listen before the address is known to what answers.
const listening = async (answer) => {
  let answers;
  const server = createServer((request, response) => answers(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  answers = await answer(issuer);
  return issuer;
};

const people = {
  "person-qa": { preferred_username: "统一小李", roles: ["staff", "qa"], dept: "D-07" },
  "person-guest": { preferred_username: "访客", roles: ["staff"], dept: "D-07" },
};

const real = await listening(async (issuer) => {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "tingjian",
        client_secret: "a secret of the tests, long enough to be one",
        redirect_uris: [`${tingjian}/sign-in/oidc/callback`],
        post_logout_redirect_uris: [`${tingjian}/sign-in`],
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username", "roles", "dept"] },
    pkce: { required: () => true },
    cookies: { keys: ["tests"] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  });
  return provider.callback();
});

// The code is what the token says (JSON), and under `sign` who signs it; `rotate` has it replace its key first.
const liar = await listening(async (issuer) => {
  const fresh = async (kid) => {
    const pair = await jose.generateKeyPair("RS256", { extractable: true });
    return { kid, key: pair.privateKey, jwk: { ...(await jose.exportJWK(pair.publicKey)), kid, alg: "RS256", use: "sig" } };
  };
  const others = await jose.generateKeyPair("RS256");
  let own = await fresh("own");
  let keysAsked = 0;
  const says = (response, value) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
  };
  const token = async (code) => {
    const { sign, rotate, ...said } = JSON.parse(code);
    if (rotate) own = await fresh(rotate);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: "tingjian", sub: "person-x", iat: now, exp: now + 300, ...said };
    if (sign === "nobody") return new jose.UnsecuredJWT(claims).encode();
    const key = sign === "another" ? others.privateKey : own.key;
    return new jose.SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: own.kid }).sign(key);
  };
  return async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    if (request.url === "/.well-known/openid-configuration") {
      says(response, {
        issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`,
        response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256"],
      });
    } else if (request.url === "/jwks") {
      keysAsked += 1;
      says(response, { keys: [own.jwk] });
    } else if (request.url === "/keys-asked") {
      says(response, { asked: keysAsked });
    } else {
      const code = new URLSearchParams(body).get("code");
      says(response, { access_token: "x", token_type: "Bearer", expires_in: 60, id_token: await token(code) });
    }
  };
});

console.log(JSON.stringify({ real, liar }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
