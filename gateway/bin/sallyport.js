#!/usr/bin/env node
// Plain JavaScript for whatever Node is installed: the gateway needs Node 24, which the npm package "node" brings along.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const neededMajor = 24

if (Number.parseInt(process.versions.node, 10) >= neededMajor) await run()
else handOver(findNode())

async function run() {
  // Started by the code below: when that process is killed outright, this one is not to live on alone.
  if (process.channel) {
    process.channel.unref()
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  }
  // Half of a start is reading and compiling source. Kept with the dependencies, where only their owner writes; without the right to
  // write there it goes on without.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))
  const { main } = await import('#main')
  await main(process.argv)
}

function findNode() {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin')
    return ['node', 'node.exe'].map((name) => join(folder, name)).find(existsSync)
  } catch {
    return undefined
  }
}

function handOver(node) {
  if (node === undefined) {
    console.error(
      `error: Sallyport needs Node ${neededMajor}, this is ${process.version}, and the npm package "node" that brings it is not installed.\n` +
        `  Run "npm ci" with install scripts allowed, or install Node ${neededMajor}.`,
    )
    process.exitCode = 1
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    console.error(`error: ${node} cannot be started: ${error.message}`)
    process.exitCode = 1
  })
  child.once('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1
      return
    }
    for (const each of signals) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  })
}
