import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import type { CallResult, Json, NewCall, PendingCall, Problem } from '../../api/types.ts'

/** What became of a try. */
export type Run =
  | { readonly kind: 'plan'; readonly result: CallResult }
  | { readonly kind: 'answer'; readonly result: CallResult }
  | { readonly kind: 'pending'; readonly call: PendingCall }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** What answers a try, or keeps its answer: nothing for the API as the connection has it. */
export type Rehearsal = Pick<NewCall, 'mock' | 'record' | 'replay'>

interface Attempt {
  readonly connector: string
  readonly connection: string
  readonly action: string
  readonly input: Json
  readonly dryRun: boolean
  readonly rehearsal: Rehearsal
}

async function attempt({ connector, connection, action, input, dryRun, rehearsal }: Attempt): Promise<Run> {
  try {
    const answer = await api.calls.create({
      connector,
      action,
      connection,
      input: { ...input },
      ...(dryRun ? { dry_run: true } : rehearsal),
    })
    if ('approval' in answer) return { kind: 'pending', call: answer }
    return { kind: answer.plan ? 'plan' : 'answer', result: answer }
  } catch (error) {
    return { kind: 'problem', problem: toProblem(error) }
  }
}

/** Calls an action, or asks for its plan. A refusal is a result to show, not an error of the page. */
export function useRun() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: attempt,
    onSuccess: (run, { dryRun, rehearsal }) => {
      if (dryRun) return
      void client.invalidateQueries({ queryKey: ['calls'] })
      if (rehearsal.record !== undefined) void client.invalidateQueries({ queryKey: ['cassettes'] })
      if (run.kind === 'pending') void client.invalidateQueries({ queryKey: ['approvals'] })
    },
  })
}
