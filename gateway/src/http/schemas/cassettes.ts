import { Type } from 'typebox'
import { Recording as FiledRecording } from '../../call/cassettes/recording.ts'
import { CassetteName, Instant, pageOf } from './common.ts'

const Named = Type.Object({ id: Type.String(), name: Type.String() })

/** A named set of recordings. */
export const Cassette = Type.Object({
  name: Type.String(),
  recordings: Type.Integer(),
  bytes: Type.Integer({ description: 'Of all its recordings, as JSON.' }),
  connectors: Type.Array(Type.String()),
  recorded_at: Type.Union([Instant, Type.Null()], { description: 'The last recording; null when there is none yet.' }),
  recording: Type.Array(Named, { description: 'The connections whose calls are recorded on it.' }),
  replaying: Type.Array(Named, { description: 'The tokens whose calls are answered from it.' }),
})
export const CassetteList = Type.Object({ items: Type.Array(Cassette), next_cursor: Type.Null() })

const { input, answer, method, url, status } = FiledRecording.properties
/** What one call was answered, redacted. */
export const Recording = Type.Object({
  id: Type.String(),
  cassette: Type.String(),
  connector: Type.String(),
  connector_version: Type.String(),
  action: Type.String(),
  method,
  url,
  status,
  error_code: Type.Union([Type.String(), Type.Null()]),
  bytes: Type.Integer(),
  stale: Type.Boolean({ description: 'The action is another now than it was, or gone: replaying it is refused.' }),
  recorded_at: Instant,
  input,
  answer,
})
export const RecordingPage = pageOf(Recording)

export const CassetteParams = Type.Object({ id: CassetteName })
/** For keeping beside tests. In a stable order: it changes only where an answer did. */
export const CassetteFile = Type.Object(
  { format: Type.Literal(1), recordings: Type.Array(FiledRecording, { minItems: 1, maxItems: 1000 }) },
  { additionalProperties: false },
)
