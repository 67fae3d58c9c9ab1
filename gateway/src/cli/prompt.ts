import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CliError } from './failure.ts'

/** Whether somebody is there to be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

function readAnswer(question: string, output: Writable): Promise<string> {
  const reader = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
  // Only now: from here on the terminal itself shows nothing of what is typed.
  process.stderr.write(question)
  return new Promise<string>((resolve, reject) => {
    const cancel = () => reject(new CliError('CANCELLED', 'Cancelled.', 'Nothing was changed.'))
    reader.once('line', resolve)
    reader.once('SIGINT', cancel)
    reader.once('close', cancel)
  }).finally(() => {
    reader.close()
  })
}

/** Asks on standard error, so that standard output stays for the answer. */
export async function ask(question: string): Promise<string> {
  return (await readAnswer(`${question}: `, process.stderr)).trim()
}

/** Asks without showing what is typed. */
export async function askSecret(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    return await readAnswer(`${question} (not shown): `, nowhere)
  } finally {
    process.stderr.write('\n')
  }
}

/** True for y or yes. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N]`))
}

export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
