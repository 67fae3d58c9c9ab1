import { startDemoCrm } from './server.ts'

const apiKey = process.env.DEMO_CRM_KEY ?? 'demo-crm-key'
const crm = await startDemoCrm({ port: Number(process.env.DEMO_CRM_PORT ?? 4010), apiKey })
process.stdout.write(`Demo CRM at ${crm.url}, its description at ${crm.url}/openapi.json\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    crm.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
}
