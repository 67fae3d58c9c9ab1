import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { plural } from '../../lib/format.ts'
import { kebabSlug } from '../../lib/slug.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { CassetteField } from './cassette-field.tsx'

/** "crm.cassette.json" → "crm". */
const nameOf = (file: string): string => kebabSlug(file.replace(/(\.cassette)?\.json$/i, ''))

/** Makes a cassette what a file says. */
export function ImportCassette({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const picker = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState('')
  const close = () => {
    load.reset()
    setFile(null)
    setName('')
    onClose()
  }
  const load = useMutation({
    mutationFn: async (from: File) => api.cassettes.import(name.trim(), JSON.parse(await from.text())),
    onSuccess: async (cassette) => {
      say(`${cassette.name} has ${plural(cassette.recordings, 'recording')}`, 'As the file says.')
      close()
      await client.invalidateQueries({ queryKey: ['cassettes'] })
      await navigate({ to: '/cassettes/$name', params: { name: cassette.name } })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (file) load.mutate(file)
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Import a cassette"
      description="It becomes what the file says; what it held before goes."
    >
      <form onSubmit={submit} className="space-y-4 pb-2">
        <input
          ref={picker}
          type="file"
          hidden
          aria-label="Cassette file"
          accept=".json"
          onChange={({ target }) => {
            const [chosen = null] = target.files ?? []
            target.value = ''
            if (chosen === null) return
            load.reset()
            setFile(chosen)
            if (name === '') setName(nameOf(chosen.name))
          }}
        />
        <div className="flex items-center gap-3">
          <Button icon={<FileUp size={14} />} onClick={() => picker.current?.click()}>
            Choose a file
          </Button>
          <span className="min-w-0 flex-1 truncate text-small text-ink-2">{file?.name ?? 'As “Export” saves it.'}</span>
        </div>
        <CassetteField label="Cassette" value={name} onChange={setName} />
        <ErrorNotice error={load.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" busy={load.isPending} disabled={file === null || name.trim() === ''}>
            Import
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
