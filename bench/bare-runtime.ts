import variant from '@jitl/quickjs-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSSyncVariant } from 'quickjs-emscripten-core'

/** The engine of the sandbox without the sandbox: each run makes a runtime, evaluates the source, reads a text, and frees it. */
export async function bareRuntime(wasm: Uint8Array, source: string): Promise<() => string> {
  // The types of the package are those of its CommonJS half, in which the variant is one level deeper.
  const base = variant as unknown as QuickJSSyncVariant
  const module = await newQuickJSWASMModuleFromVariant(newVariant(base, { wasmModule: await WebAssembly.compile(wasm) }))
  return () => {
    const runtime = module.newRuntime()
    const context = runtime.newContext()
    const text = context.unwrapResult(context.evalCode(source)).consume((value) => context.getString(value))
    context.dispose()
    runtime.dispose()
    return text
  }
}
