import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core'
import { kernel } from './kernel.ts'
import { memoryBytes } from './types.ts'

const pageBytes = 65_536
/** What the engine has before any script: its own data and stack, and room to begin with. As its build asks for. */
const initialBytes = 16 * 1024 * 1024
const most = initialBytes + memoryBytes
/** At 200 KB some recursions throw in the host instead; 128 KB was clean (measured with quickjs-emscripten 0.32). */
const stackBytes = 128 * 1024
/** Of zeros: the engine's own stack, which has 5 MB and nothing on it between two runs. */
const gapBytes = 1024 * 1024
const stepBytes = 4096

/** Who is run at the moment, and answers what the engine asks. */
export interface Lodger {
  interrupted(): boolean
  hostCall(name: QuickJSHandle, json: QuickJSHandle): QuickJSHandle
}

/** An engine with memory of its own, in which a runtime has evaluated the kernel and nothing else. */
export interface Engine {
  readonly runtime: QuickJSRuntime
  readonly context: QuickJSContext
  /** Functions of the kernel. */
  readonly begin: QuickJSHandle
  readonly finish: QuickJSHandle
  readonly describe: QuickJSHandle
  lodge(lodger: Lodger): void
  /** Puts the memory back to what it was when the engine had started: a fresh runtime, for the price of copying it. */
  restore(): void
  /** Whether its memory has grown to where nothing more fits in. It never shrinks. */
  readonly full: () => boolean
  readonly grown: () => boolean
}

/** The engine's own limit of memory does not count what is allocated in WebAssembly, so the memory itself has an end. */
export async function startEngine(wasm: WebAssembly.Module, prelude: string): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: initialBytes / pageBytes, maximum: most / pageBytes })
  // The types of the package are those of its CommonJS half, in which the variant is one level deeper.
  const base = variant as unknown as QuickJSSyncVariant
  const module = await newQuickJSWASMModuleFromVariant(newVariant(base, { wasmModule: wasm, wasmMemory: memory }))
  let lodger: Lodger | null = null
  const runtime = module.newRuntime({
    memoryLimitBytes: memoryBytes,
    maxStackSizeBytes: stackBytes,
    interruptHandler: () => lodger?.interrupted() ?? false,
  })
  const context = runtime.newContext()
  const raw = context.newFunction('raw', (name, json) => lodger?.hostCall(name, json) ?? context.undefined)
  const boot = context.unwrapResult(context.evalCode(kernel(prelude), 'sallyport.js'))
  const tools = context.unwrapResult(context.callFunction(boot, context.undefined, raw))
  const [begin, finish, describe] = [
    context.getProp(tools, 'begin'),
    context.getProp(tools, 'finish'),
    context.getProp(tools, 'describe'),
  ]
  const image = imageOf(memory.buffer)
  return {
    ...{ runtime, context, begin, finish, describe },
    lodge(next) {
      lodger = next
    },
    restore() {
      const bytes = new Uint8Array(memory.buffer)
      for (const { at, part } of image) bytes.set(part, at)
      lodger = null
    },
    full: () => memory.buffer.byteLength > most * 0.75,
    grown: () => memory.buffer.byteLength > initialBytes * 2,
  }
}

/** The parts of the memory that are in use: the engine's data, and its heap behind the empty stack. About 200 KB. */
function imageOf(memory: ArrayBuffer): readonly { readonly at: number; readonly part: Uint8Array }[] {
  const bytes = Buffer.from(memory)
  const nothing = Buffer.alloc(stepBytes)
  const found: { at: number; end: number }[] = []
  for (let at = 0; at < bytes.length; at += stepBytes) {
    if (bytes.subarray(at, at + stepBytes).equals(nothing)) continue
    const last = found.at(-1)
    if (last !== undefined && at - last.end < gapBytes) last.end = at + stepBytes
    else found.push({ at, end: at + stepBytes })
  }
  return found.map(({ at, end }) => ({ at, part: new Uint8Array(memory.slice(at, end)) }))
}
