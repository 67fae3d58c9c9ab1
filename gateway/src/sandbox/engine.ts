import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core'
import { memoryBytes } from './types.ts'

const pageBytes = 65_536
/** What the engine has before any script: its own data and stack, and room to begin with. As its build asks for. */
const initialBytes = 16 * 1024 * 1024
const most = initialBytes + memoryBytes

/** The engine, with memory of its own. */
export interface Engine {
  readonly module: QuickJSWASMModule
  /** Whether it has grown to where nothing more fits in. It never shrinks. */
  readonly full: () => boolean
  readonly grown: () => boolean
}

/** The engine's own limit of memory does not count what is allocated in WebAssembly, so the memory itself has an end. */
export async function startEngine(wasm: WebAssembly.Module): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: initialBytes / pageBytes, maximum: most / pageBytes })
  // The types of the package are those of its CommonJS half, in which the variant is one level deeper.
  const base = variant as unknown as QuickJSSyncVariant
  const module = await newQuickJSWASMModuleFromVariant(newVariant(base, { wasmModule: wasm, wasmMemory: memory }))
  return {
    module,
    full: () => memory.buffer.byteLength > most * 0.75,
    grown: () => memory.buffer.byteLength > initialBytes * 2,
  }
}
