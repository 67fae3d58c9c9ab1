/** Two functions under one name: with a body a call by name, without one a request in plain words. */
export function toolCaller<Body, Called, Asked>(
  call: (name: string, body: Body) => Promise<Called>,
  ask: (text: string) => Promise<Asked>,
) {
  function either(text: string): Promise<Asked>
  function either(name: string, body: Body): Promise<Called>
  function either(first: string, body?: Body): Promise<Called | Asked> {
    return body === undefined ? ask(first) : call(first, body)
  }
  return either
}
