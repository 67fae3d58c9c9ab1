/**
 * What a script sees of the world: the global `sallyport`, which is also called `floh`. It runs inside the sandbox, where
 * `host(name, ...values)` asks the functions of host.ts and stands still until they answer.
 */
export const prelude = `(host, data) => {
  const { stringify } = JSON;
  const text = (value) => (typeof value === 'string' ? value : (stringify(value) ?? String(value)));
  const bare = (method) => (url, headers) => host('http', { method, url, headers });
  const full = (method) => (url, body, headers) => host('http', { method, url, body, headers });
  const http = {
    get: bare('GET'), delete: bare('DELETE'), post: full('POST'), put: full('PUT'), patch: full('PATCH'),
    request: (options) => host('http', options),
  };
  const log = {};
  for (const level of ['trace', 'debug', 'info', 'warn', 'error']) log[level] = (...parts) => { host('log', level, parts.map(text).join(' ')) };
  const crypto = {
    hash: (algorithm, value, encoding = 'hex') => host('hash', algorithm, value, encoding),
    hmac: (algorithm, key, value, encoding = 'hex') => host('hmac', algorithm, key, value, encoding),
    random: (bytes, encoding = 'hex') => host('random', bytes, encoding),
    uuid: () => host('uuid'),
    base64: (value) => host('base64', value),
    fromBase64: (value) => host('fromBase64', value),
  };
  const state = {
    get: (key) => host('stateGet', key),
    set: (key, value) => { host('stateSet', key, value ?? null) },
    delete: (key) => { host('stateSet', key, null) },
  };
  const { config, params, variables } = data;
  globalThis.sallyport = globalThis.floh = { http, log, crypto, state, config, params, variables };
  globalThis.console = { log: log.info, debug: log.debug, info: log.info, warn: log.warn, error: log.error };
}`
