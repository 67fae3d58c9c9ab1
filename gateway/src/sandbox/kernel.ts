/**
 * The first code in every run, before anything untrusted. It keeps the functions it needs, so that the script cannot change
 * them, and speaks to the host in JSON text alone: no object of the script is ever touched from outside.
 */
export const kernel = (prelude: string): string => `((raw, text) => {
  'use strict';
  const { parse, stringify } = JSON, { String, Error } = globalThis, { slice } = String.prototype, { apply } = Reflect;
  const cut = (value, length) => apply(slice, String(value), [0, length]);
  const host = (name, ...values) => {
    const { value, error } = parse(raw(name, stringify(values)));
    if (error === undefined) return value;
    const thrown = new Error(error.message);
    thrown.name = 'SallyportError';
    thrown.code = error.code;
    throw thrown;
  };
  (${prelude})(host, parse(text));
  return {
    finish: (value) => stringify(value),
    describe: (thrown) => {
      if (thrown instanceof Error) return stringify([cut(thrown.name, 100), cut(thrown.message, 2000), cut(thrown.stack, 4000)]);
      return stringify(['', cut(typeof thrown === 'string' ? thrown : (stringify(thrown) ?? thrown), 2000), '']);
    },
  };
})`
