import { type DemoCrm, startDemoCrm } from '@sallyport/demo-crm'
import type { Sallyport } from '@sallyport/sdk'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { WebSession } from './support/web-session.ts'

export interface Assistant {
  readonly crm: DemoCrm
  /** Plays what a test gives it, and answers 500 without. */
  readonly model: ModelServer
  readonly gateway: GatewayProcess
  readonly owner: Sallyport
  readonly agentToken: string
  readonly agent: Sallyport
  /** A token that acts for the first person, and that person's session. */
  personal(): Promise<{ token: string; person: string; ada: WebSession }>
  close(): Promise<void>
}

/** A gateway with a language model, the demo CRM connected, and an agent. */
export async function startAssistant(apiKey: string): Promise<Assistant> {
  const crm = await startDemoCrm({ apiKey })
  const model = await startModelServer()
  const gateway = await startGatewayProcess({ env: model.env })
  const owner = gateway.client()
  await owner.connectors.create({ url: `${crm.url}/openapi.json`, connector: 'crm' })
  await owner.connections.create({ connector: 'crm', name: 'Demo', auth: { fields: { key: apiKey } } })
  const agentToken = (await owner.tokens.create({ name: 'Agent', role: 'member' })).token
  const signUp = async () => {
    const ada = new WebSession(gateway.url)
    const code = new URL(gateway.setupUrl ?? '').hash.replace('#code=', '')
    await ada.post('/setup', { code, name: 'Ada', email: 'ada@example.test', password: 'correct horse battery' })
    const { json } = await ada.post('/tokens', { name: 'Of Ada', role: 'member', personal: true })
    return { token: json.token, person: (await ada.session()).person.id, ada }
  }
  let signedUp: ReturnType<typeof signUp> | undefined
  return {
    ...{ crm, model, gateway, owner, agentToken, agent: gateway.client(agentToken) },
    personal: () => {
      signedUp ??= signUp()
      return signedUp
    },
    async close() {
      await gateway.stop()
      await model.stop()
      await crm.close()
      await removeDataDir(gateway.dataDir)
    },
  }
}
