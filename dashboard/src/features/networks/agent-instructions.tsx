import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Dialog } from '../../ui/overlay.tsx'

const file = `allow:
  - host: erp.corp.internal
    ports: [443]
addresses: [10.0.0.0/8]
`

function Snippet({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="relative">
      <pre className="max-h-60 overflow-auto rounded-panel border border-line bg-sunken p-3 pr-12 text-small">{text}</pre>
      <span className="absolute top-1.5 right-1.5">
        <CopyButton value={text} label={label} />
      </span>
    </div>
  )
}

interface InstructionsProps {
  readonly title: string
  readonly token: string
  readonly onClose: () => void
}

/** A token just made, this one time, with what the machine of the agent needs, ready to paste. */
export function AgentInstructions({ title, token, onClose }: InstructionsProps) {
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title={title}
      description="Copy the token now. It is not stored and can't be shown again."
      footer={
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="space-y-4">
        <div className="flex items-center gap-2 rounded-panel border border-accent-line bg-accent-wash py-2 pr-2 pl-3">
          <code className="min-w-0 flex-1 break-all">{token}</code>
          <CopyButton value={token} label="Copy the token" text="Copy" />
        </div>
        <div className="space-y-1.5">
          <p>
            On a machine in the network, say in <code>sallyport-agent.yaml</code> what the agent may reach. Nobody here can widen
            it.
          </p>
          <Snippet text={file} label="Copy the file" />
        </div>
        <div className="space-y-1.5">
          <p>Then start the agent there.</p>
          <Snippet
            text={`export SALLYPORT_AGENT_TOKEN=${token}\nsallyport agent --url ${location.origin} --allow sallyport-agent.yaml\n`}
            label="Copy the command"
          />
        </div>
      </div>
    </Dialog>
  )
}
