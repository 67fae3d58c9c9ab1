/**
 * The first code in every run, before anything untrusted. It keeps the functions it needs, so that the script cannot change
 * them, and speaks to the host in JSON text alone: no object of the script is ever touched from outside. It is evaluated once
 * for many runs, each of which begins in a copy of the memory it left, so chance is brought in by each.
 */
export const kernel = (prelude: string): string => `((raw) => {
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
  // sfc32
  const randomOf = (a, b, c, count) => {
    const next = () => {
      const mixed = (((a + b) | 0) + count) | 0;
      count = (count + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + mixed) | 0;
      return mixed >>> 0;
    };
    return () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  };
  const setUp = (${prelude});
  return {
    begin: (text, ...seed) => {
      Math.random = randomOf(...seed);
      setUp(host, parse(text));
    },
    finish: (value) => stringify(value),
    describe: (thrown) => {
      if (thrown instanceof Error) return stringify([cut(thrown.name, 100), cut(thrown.message, 2000), cut(thrown.stack, 4000)]);
      return stringify(['', cut(typeof thrown === 'string' ? thrown : (stringify(thrown) ?? thrown), 2000), '']);
    },
  };
})`
