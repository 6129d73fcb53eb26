// An OpenID provider on loopback for tests and demonstrations: the certified `oidc-provider`, with accounts, keys and
// mistakes that a script sets. It has no users but those, and must never be reached from elsewhere.
//
//   node server.mjs '<options as JSON>'
//
// Options: clients (metadata of OpenID Connect Dynamic Registration), scopes ({scope: [claim]}), claimsParameter (true),
// conform (true: claims of scopes come from UserInfo alone), port (0). It writes one line, {"issuer": …}, when it is
// reached, and ends when its standard input does.
//
//   POST /test/set     {accounts: {name: {claim: value}}, login: name | null, tamper: {…} | null}
//   POST /test/rotate  a new signing key; the old one is gone from the key set
//   POST /test/logout  {client, account}: a logout token to the client (OpenID Connect Back-Channel Logout 1.0)
//   GET  /test/seen    {"/path": times}
//
// With `login` an account, whoever comes is signed in as that without being asked; otherwise a page asks who they are.
// `tamper` changes the next ID tokens: claims (null takes one away), header, key ("other": signed by no key of ours).
import { createServer } from 'node:http';
import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import Provider from 'oidc-provider';

const options = { clients: [], scopes: {}, claimsParameter: true, conform: true, port: 0, ...JSON.parse(process.argv[2] ?? '{}') };
const state = { accounts: {}, login: null, tamper: null, seen: {} };
const cookieKey = randomUUID();
let key = newKey();
let provider;

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' };
}

function build(issuer) {
  const scopes = options.scopes;
  const every = [...new Set([...Object.values(scopes).flat(), 'staff', 'org', 'citizenship', 'name', 'email'])];
  const made = new Provider(issuer, {
    clients: options.clients.map((each) => ({
      id_token_signed_response_alg: 'ES256',
      response_types: ['code'],
      grant_types: ['authorization_code'],
      ...each,
    })),
    jwks: { keys: [key] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'HS256', 'RS256'], userinfoSigningAlgValues: ['ES256', 'HS256', 'RS256'] },
    claims: { openid: ['sub'], ...scopes, ...Object.fromEntries(every.map((name) => [name, null])) },
    scopes: ['openid', ...Object.keys(scopes)],
    conformIdTokenClaims: options.conform,
    cookies: { keys: [cookieKey] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      claimsParameter: { enabled: options.claimsParameter },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: false },
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
    // its clients are on loopback, which the provider otherwise refuses to reach
    fetch: (url, { dispatcher, ...rest }) => fetch(url, rest),
    findAccount: (_, id) =>
      state.accounts[id] && { accountId: id, claims: () => ({ sub: id, ...state.accounts[id] }) },
  });
  made.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' && state.tamper && ctx.body?.id_token) {
      ctx.body = { ...ctx.body, id_token: tampered(ctx.body.id_token, state.tamper) };
    }
  });
  made.on('server_error', (_, error) => console.error(error));
  return made;
}

function tampered(token, { claims = {}, header = {}, key: by }) {
  const [head, body] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  const parts = [{ ...head, ...header }, { ...body, ...claims }].map(
    (tree) => Buffer.from(JSON.stringify(tree, (_, value) => value ?? undefined)).toString('base64url'));
  const signed = parts.join('.');
  if (header.alg === 'none') return `${signed}.`;
  const jwk = by === 'other' ? newKey() : key;
  const signature = sign('sha256', Buffer.from(signed), { key: createPrivateKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

async function interact(req, res) {
  const { prompt, params, session, uid } = await provider.interactionDetails(req, res);
  const finish = (result) => provider.interactionFinished(req, res, result, { mergeWithLastSubmission: true });
  if (prompt.name === 'login') {
    const chosen = req.method === 'POST' ? new URLSearchParams(await read(req)).get('account') : state.login;
    if (chosen && state.accounts[chosen]) return finish({ login: { accountId: chosen } });
    if (chosen) return finish({ error: 'access_denied', error_description: 'there is no such account' });
    return answer(res, 200, page(uid), 'text/html; charset=utf-8');
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  return finish({ consent: { grantId: await grant.save() } });
}

function page(uid) {
  const buttons = Object.keys(state.accounts).map(
    (name) => `<p><button name="account" value="${escape(name)}">Sign in as ${escape(name)}</button></p>`);
  return `<!DOCTYPE html><html lang="en-GB"><meta charset="utf-8"><title>Sign in</title><h1>Who are you?</h1>`
    + `<form method="post" action="/interaction/${uid}">${buttons.join('')}</form></html>`;
}

function escape(text) {
  return text.replace(/[&<>"']/g, (each) => `&#${each.codePointAt(0)};`);
}

async function read(req) {
  const parts = [];
  for await (const part of req) parts.push(part);
  return Buffer.concat(parts).toString();
}

function answer(res, status, text, type = 'application/json') {
  res.writeHead(status, { 'content-type': type }).end(text);
}

async function control(req, res, issuer) {
  const asked = req.method === 'POST' ? JSON.parse((await read(req)) || '{}') : {};
  if (req.url === '/test/set') Object.assign(state, asked);
  else if (req.url === '/test/rotate') { key = newKey(); provider = build(issuer); }
  else if (req.url === '/test/logout') {
    const client = await provider.Client.find(asked.client);
    await client.backchannelLogout(asked.account, asked.session ?? randomUUID());
  } else if (req.url !== '/test/seen') return answer(res, 404, '{}');
  return answer(res, 200, JSON.stringify(req.url === '/test/seen' ? state.seen : {}));
}

const server = createServer((req, res) => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const path = req.url.split('?')[0];
  state.seen[path] = (state.seen[path] ?? 0) + 1;
  const handled = path.startsWith('/test/') ? control(req, res, issuer)
    : path.startsWith('/interaction/') ? interact(req, res) : provider.callback()(req, res);
  Promise.resolve(handled).catch((error) => {
    if (!res.headersSent) answer(res, 500, JSON.stringify({ error: String(error) }));
  });
});

server.listen(options.port, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = build(issuer);
  console.log(JSON.stringify({ issuer }));
});
process.stdin.resume().on('end', () => process.exit(0));
