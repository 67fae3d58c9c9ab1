/**
 * What a program sees: `api`, whose members are connectors and theirs actions, and `console`. It runs inside the sandbox, where
 * `host` asks the gateway and stands still until it answers. Time and chance are the same at each replay of a run.
 */
export const prelude = `(host, { now, seed }) => {
  const { stringify } = JSON;
  const member = (make) => new Proxy(Object.create(null), {
    get: (_target, name) => (typeof name === 'symbol' || name === 'then' ? undefined : make(name)),
  });
  globalThis.api = member((connector) => member((action) => async (input, options) =>
    host('call', connector, action, input ?? {}, options ?? {})));
  const text = (value) => (typeof value === 'string' ? value : (stringify(value) ?? String(value)));
  const console = {};
  for (const [name, level] of [['log', 'info'], ['debug', 'debug'], ['info', 'info'], ['warn', 'warn'], ['error', 'error']])
    console[name] = (...parts) => { host('log', level, parts.map(text).join(' ')) };
  globalThis.console = console;
  const RealDate = Date;
  globalThis.Date = class Date extends RealDate {
    constructor(...parts) { if (parts.length === 0) super(now); else super(...parts); }
    static now() { return now; }
  };
  RealDate.prototype.constructor = globalThis.Date;
  let state = seed;
  // mulberry32
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}`
