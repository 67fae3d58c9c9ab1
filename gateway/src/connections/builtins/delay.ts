import { setTimeout as wait } from 'node:timers/promises'
import { defineConnector, succeed, t } from '@sallyport/sdk/kit'

export const delay = defineConnector({
  name: 'delay',
  version: '1.0.0',
  title: 'Delay',
  description: 'Waits. For workflows that have to give something time.',
  category: 'utility',
  defaultCommand: 'wait',
  commands: (defineCommand) => ({
    wait: defineCommand({
      description: 'Wait for a number of milliseconds, at most as long as a call may take.',
      effect: 'read',
      params: {
        delay_ms: t.raw<number>({ type: 'integer', minimum: 0, maximum: 300_000 }, { required: true, title: 'Milliseconds' }),
      },
      outputs: ['delayed_ms'],
      mock: { default: ({ params }) => succeed({ payload: { delayed_ms: params.delay_ms } }) },
      async handler({ params, signal }) {
        await wait(params.delay_ms, undefined, { signal })
        return succeed({ payload: { delayed_ms: params.delay_ms } })
      },
    }),
  }),
})
