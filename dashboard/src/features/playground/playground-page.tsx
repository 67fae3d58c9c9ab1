import { useQuery } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { queries } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, Skeleton } from '../../ui/states.tsx'
import { useMay } from '../session/session.ts'
import { Composer } from './composer.tsx'
import { NoModel } from './no-model.tsx'
import { Transcript } from './transcript.tsx'
import { useChat } from './use-chat.ts'

const description = 'Talk with the language model. It calls tools as you, and every call is in the log.'

/** Trying out tools in a conversation, as an agent would use them. */
export function PlaygroundPage() {
  const session = useQuery(queries.session())
  const member = useMay('member')
  const model = session.data?.language_model
  if (session.isPending) return <Skeleton className="m-8 h-24" />
  if (!model || !member) {
    return (
      <Page title="Playground" description={description}>
        {model ? (
          <EmptyState title="For members">Your role only looks on. Ask an admin for the role member to call tools.</EmptyState>
        ) : (
          <NoModel />
        )}
      </Page>
    )
  }
  return <Playground model={model} />
}

function Playground({ model }: { readonly model: string }) {
  const [toolset, setToolset] = useState('')
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const chat = useChat(
    toolset,
    useCallback((refused: string) => setText(refused), []),
  )
  const { data: toolsets } = useQuery(queries.toolsets())
  const options = [
    { value: '', label: 'All my tools' },
    ...(toolsets?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name })),
  ]
  const empty = chat.messages.length === 0
  return (
    <Page
      title="Playground"
      description={description}
      actions={
        <>
          {options.length > 1 && (
            <Select label="Tools to choose from" value={toolset} onChange={setToolset} options={options} className="w-40" />
          )}
          <Button
            disabled={empty && chat.problem === null}
            onClick={() => {
              chat.clear()
              field.current?.focus()
            }}
          >
            New conversation
          </Button>
        </>
      }
    >
      <div className="min-h-0 flex-1 overflow-y-auto">
        {empty && (
          <EmptyState title={`Ask ${model}`}>
            Say what you want to know or to have done. Name tools with @, or let it choose. What needs approval waits for another
            person, as with any agent. The conversation is kept in this page only.
          </EmptyState>
        )}
        {(!empty || chat.problem !== null) && <Transcript chat={chat} />}
      </div>
      <Composer
        {...{ text, setText, field, toolset, running: chat.running, waiting: chat.waiting }}
        onSend={() => {
          chat.send(text.trim())
          setText('')
        }}
        onStop={chat.stop}
      />
    </Page>
  )
}
