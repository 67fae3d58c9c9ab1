import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** Tests against servers outside of the repository: gateway/test/support/external-servers.ts says which. */
const external = mergeConfig(base, defineConfig({}))
external.test.include = ['gateway/test/external/**/*.test.ts']
external.test.exclude = []
// Some start several gateways, one after the other.
external.test.testTimeout = 60_000

export default external
