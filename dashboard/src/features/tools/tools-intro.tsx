import { KeyRound } from 'lucide-react'
import { ButtonLink } from '../../ui/button.tsx'
import { useMay } from '../session/session.ts'
import { TokenSnippets } from '../tokens/token-snippets.tsx'

/** Beside the list while no action is open: what one can do here, and how agents do the same. */
export function ToolsIntro() {
  const mayMakeTokens = useMay('admin')
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-2xl px-8 pt-[min(9rem,16vh)] pb-10">
        <h2 className="text-lead font-semibold">Pick an action to try</h2>
        <p className="mt-1 text-ink-2">See the exact request before it leaves, run it, and follow its way through the gate.</p>
        <h2 className="mt-10 text-lead font-semibold">Agents call the same actions</h2>
        <p className="mt-1 mb-3 text-ink-2">
          With a token of their own, through the same checks, and every call in the same log.
        </p>
        <TokenSnippets token="sp_your-token" />
        {mayMakeTokens && (
          <ButtonLink to="/tokens" icon={<KeyRound size={14} />} className="mt-4">
            Tokens
          </ButtonLink>
        )}
      </div>
    </div>
  )
}
