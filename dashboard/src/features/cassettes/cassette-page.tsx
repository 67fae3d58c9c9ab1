import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { ArrowLeft, Download, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Cassette, Recording } from '../../api/types.ts'
import { formatBytes, formatCount, plural } from '../../lib/format.ts'
import { saveFile } from '../../lib/save-file.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/overlay.tsx'
import { PagedList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { namesOf } from './cassettes-page.tsx'
import { RecordingRow, RecordingRowHeader, recordingRowHeight } from './recording-row.tsx'

const empty = <EmptyState title="Nothing is recorded on it yet">Calls that replay it are refused until one is.</EmptyState>

/** One cassette: its recordings, the latest first, and the file of it. */
export function CassettePage() {
  const { name } = useParams({ from: '/cassettes/$name' })
  const client = useQueryClient()
  const navigate = useNavigate()
  const cassettes = useQuery(queries.cassettes())
  const cassette = cassettes.data?.items.find((each) => each.name === name)
  // Chosen by a connection or a token, but not there before a call is recorded.
  const blank = cassette?.recordings === 0
  const query = useInfiniteQuery({ ...queries.recordings(name), enabled: !cassettes.isPending && !blank })
  const [open, setOpen] = useState<string | null>(null)
  const [deleting, setDeleting] = useState(false)
  const [removing, setRemoving] = useState<Recording | null>(null)
  const save = useMutation({
    mutationFn: () => api.cassettes.export(name),
    onSuccess: (file) => saveFile(`${name}.cassette.json`, `${JSON.stringify(file, null, 2)}\n`),
  })
  const remove = useMutation({
    mutationFn: (id: string) => api.cassettes.deleteRecording(id),
    onSuccess: async () => {
      say('Recording deleted')
      setRemoving(null)
      // With its last recording the cassette is gone.
      if (cassette?.recordings === 1) await navigate({ to: '/cassettes' })
      await client.invalidateQueries({ queryKey: ['cassettes'] })
    },
  })
  return (
    <div className="flex h-full min-h-0 flex-col">
      <title>{`${name} · Sallyport`}</title>
      <header className="shrink-0 px-4 pt-4 pb-3 md:px-8 md:pt-6">
        <Link to="/cassettes" className="mb-2 inline-flex items-center gap-1 text-small text-ink-2 hover:text-ink">
          <ArrowLeft size={13} aria-hidden />
          Cassettes
        </Link>
        <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <div className="min-w-0">
            <h1 className="text-title font-semibold tracking-tight break-all">{name}</h1>
            {cassette && <About cassette={cassette} />}
          </div>
          {query.isSuccess && (
            <div className="flex gap-2">
              <Button icon={<Download size={14} />} busy={save.isPending} onClick={() => save.mutate()}>
                Export
              </Button>
              <Button look="danger" icon={<Trash2 size={14} />} onClick={() => setDeleting(true)}>
                Delete
              </Button>
            </div>
          )}
        </div>
        <ErrorNotice error={save.error} className="mt-3" />
      </header>
      {blank ? (
        empty
      ) : (
        <PagedList
          label="Recordings"
          query={query}
          keyOf={({ id }) => id}
          rowHeight={recordingRowHeight}
          header={<RecordingRowHeader />}
          row={(recording) => (
            <RecordingRow
              recording={recording}
              open={open === recording.id}
              onToggle={() => setOpen(open === recording.id ? null : recording.id)}
              onDelete={() => setRemoving(recording)}
            />
          )}
          empty={empty}
        />
      )}
      <DeleteCassette name={name} cassette={cassette} open={deleting} onClose={() => setDeleting(false)} />
      <Confirm
        open={removing !== null}
        onClose={() => {
          remove.reset()
          setRemoving(null)
        }}
        title={`Delete this recording of ${removing?.action ?? ''}?`}
        action="Delete recording"
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing.id)}
      >
        <p>Calls that replay it are refused until it is recorded anew.</p>
        <ErrorNotice error={remove.error} />
      </Confirm>
    </div>
  )
}

/** How much it holds, and who records on it and replays it. */
function About({ cassette: { recordings, bytes, recording, replaying } }: { readonly cassette: Cassette }) {
  return (
    <p className="mt-0.5 text-ink-2">
      {plural(recordings, 'recording')}, {formatBytes(bytes)}
      {recording.length > 0 && `; recorded by ${namesOf(recording)}`}
      {replaying.length > 0 && `; replayed by ${namesOf(replaying)}`}
    </p>
  )
}

interface DeleteProps {
  readonly name: string
  readonly cassette: Cassette | undefined
  readonly open: boolean
  readonly onClose: () => void
}

function DeleteCassette({ name, cassette, open, onClose }: DeleteProps) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () => api.cassettes.delete(name),
    onSuccess: async () => {
      say(`${name} deleted`)
      await navigate({ to: '/cassettes' })
      await client.invalidateQueries({ queryKey: ['cassettes'] })
    },
  })
  const { recordings = 0, replaying = [] } = cassette ?? {}
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title={`Delete ${name}?`}
      action="Delete cassette"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>
        {recordings > 1 ? `All ${formatCount(recordings)} recordings go.` : 'What it holds goes.'} This can't be undone; export it
        first to keep a file.
      </p>
      {replaying.length > 0 && <p>Replayed by {namesOf(replaying)}: those calls still send nothing, and are refused.</p>}
      <ErrorNotice error={remove.error} />
    </Confirm>
  )
}
