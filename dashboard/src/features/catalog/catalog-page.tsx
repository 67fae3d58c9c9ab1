import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { FileUp, Unplug } from 'lucide-react'
import { type KeyboardEvent, useMemo } from 'react'
import { queries } from '../../api/queries.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { usePages } from '../../lib/use-pages.ts'
import { useSearchText } from '../../lib/use-search-text.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Segments, Select } from '../../ui/choice.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { useMay } from '../session/session.ts'
import { CatalogGrid } from './catalog-grid.tsx'
import { tileHeight } from './catalog-tile.tsx'
import { categoriesOf, found } from './search.ts'

const everything = ''
type Only = 'providers' | 'installed' | 'documents'

/** From the search straight on to what it found. */
function intoTiles(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'Enter') return
  const first = document.querySelector<HTMLElement>('[data-scroller] [data-row-main]')
  if (!first) return
  event.preventDefault()
  if (event.key === 'Enter') first.click()
  else first.focus()
}

/** Ready providers to pick from (G1), and public OpenAPI documents to import. */
export function CatalogPage() {
  const { only = 'providers', category = everything } = useSearch({ from: '/catalog' })
  const navigate = useNavigate()
  const mayImport = useMay('admin')
  const { text, setText, search } = useSearchText()
  const catalog = useQuery(queries.catalog())
  const entries = useMemo(
    () => (catalog.data ?? []).filter(({ installed }) => installed || only !== 'installed'),
    [catalog.data, only],
  )
  // As one types: the whole catalog is here. The documents are searched by the gateway.
  const items = useMemo(() => found(entries, text, category), [entries, text, category])
  const categories = useMemo(() => categoriesOf(entries), [entries])
  const documents = useInfiniteQuery({ ...queries.publicDocuments(search), enabled: only === 'documents' })
  const pages = usePages(documents)

  const list = only === 'documents' ? { query: documents, items: pages.items } : { query: catalog, items }
  const count = only === 'documents' ? pages.count : formatCount(items.length)
  const turn = (next: Only) =>
    void navigate({
      to: '/catalog',
      search: ({ q }) => ({ ...(q ? { q } : {}), ...(next === 'providers' ? {} : { only: next }) }),
      replace: true,
    })
  const choose = (next: string) =>
    void navigate({ to: '/catalog', search: (previous) => ({ ...previous, category: next || undefined }), replace: true })
  const clear = () => {
    setText('')
    choose(everything)
  }
  const inDocuments = mayImport && only !== 'documents'
  const documentsButton = <Button onClick={() => turn('documents')}>Look through public documents</Button>

  return (
    <Page
      title="Catalog"
      description="Providers that are ready to connect: pick one, enter a key or consent, and agents have its tools."
      actions={
        <>
          <ButtonLink to="/import" search={{ from: 'mcp' }} icon={<Unplug size={14} />}>
            Custom MCP server
          </ButtonLink>
          <ButtonLink to="/import" icon={<FileUp size={14} />}>
            Import or describe an API
          </ButtonLink>
        </>
      }
      toolbar={
        <>
          <SearchInput
            label="Search the catalog"
            // On a touch screen the keyboard would cover what there is to pick from.
            autoFocus={matchMedia('(pointer: fine)').matches}
            onKeyDown={intoTiles}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="w-full sm:w-72"
          />
          <Segments<Only>
            label="Show"
            value={only}
            onChange={turn}
            options={[
              { value: 'providers', label: 'Providers' },
              { value: 'installed', label: 'Installed' },
              { value: 'documents', label: 'Public documents' },
            ]}
          />
          {only !== 'documents' && (
            <Select
              label="Category"
              className="w-full sm:w-52"
              value={category}
              onChange={choose}
              options={[
                { value: everything, label: 'All categories' },
                ...categories.map(({ name, label, entries: number }) => ({
                  value: name,
                  label,
                  hint: plural(number, 'provider'),
                })),
              ]}
            />
          )}
          <span className="ml-auto text-small text-ink-3 tabular max-sm:hidden" role="status">
            {list.query.data && count}
          </span>
        </>
      }
    >
      {list.query.isPending ? (
        <div className="border-t border-line">
          <SkeletonRows height={tileHeight} />
        </div>
      ) : list.query.isError && list.items.length === 0 ? (
        <ErrorNotice error={list.query.error} onRetry={() => void list.query.refetch()} className="mx-4 md:mx-8" />
      ) : list.items.length === 0 ? (
        only === 'installed' && !text && category === everything ? (
          <EmptyState
            title="Nothing is installed yet"
            actions={<Button onClick={() => turn('providers')}>Show all providers</Button>}
          >
            Connecting a provider installs it.
          </EmptyState>
        ) : (
          <EmptyState
            title={only === 'documents' ? 'No document matches' : 'No provider matches'}
            actions={
              <>
                <Button onClick={clear}>Clear the search</Button>
                {inDocuments && documentsButton}
              </>
            }
          >
            {inDocuments
              ? 'About 2,600 public OpenAPI documents may have it. Any other API can be imported from its own description.'
              : 'Any API can be imported from its own description, or described by hand.'}
          </EmptyState>
        )
      ) : (
        <CatalogGrid
          items={list.items}
          label={only === 'documents' ? 'Public documents' : 'Providers'}
          {...(only === 'documents' && { more: pages.more })}
          intro={
            only === 'documents' && (
              <p className="max-w-prose px-4 pt-3 text-small text-ink-3 md:px-8">
                OpenAPI documents that APIs publish, indexed by APIs.guru. Nobody here has looked at them: choose actions with
                care.
              </p>
            )
          }
          outro={
            inDocuments &&
            text && (
              <div className="flex flex-wrap items-center gap-3 px-4 py-5 text-ink-2 md:px-8">Not the one? {documentsButton}</div>
            )
          }
        />
      )}
    </Page>
  )
}
