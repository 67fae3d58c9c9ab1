declare const proof: unique symbol

/** A value that carries the name of the step that vouched for it; only that step makes one (by a cast, in its own file). */
export type Proof<Name extends string, T> = T & { readonly [proof]: Name }
