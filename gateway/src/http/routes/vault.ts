import type { RotationProgress } from '../../connections/types.ts'
import { callerOf } from '../credentials.ts'
import { RotateVaultRequest, VaultRotationProgress } from '../schemas/vault.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

const tags = ['vault']

export function vaultRoutes(app: HttpApp, { vault }: HttpServices): void {
  app.post(
    '/vault/rotate',
    {
      config: { role: 'owner' },
      schema: {
        operationId: 'rotateVault',
        summary: 'Give the workspace a new key and seal everything anew with it',
        description:
          'Works for a few seconds and answers how far it got; ask again while the state is "running". It can be interrupted at any moment, and the next request goes on. Calls and changes go on meanwhile.',
        tags,
        body: RotateVaultRequest,
        response: answers({ 200: answer<RotationProgress>(VaultRotationProgress, 'How far the rotation is.') }),
      },
    },
    (request) => vault.rotate(callerOf(request), request.body.key_id),
  )
}
