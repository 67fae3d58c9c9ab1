import type { Command, ConnectorDefinition, Field } from '@sallyport/sdk/kit'
import type { Builtins } from './index.ts'

/** A type of built-in connectors, as whoever wants an instance of it has to know it. */
export interface BuiltinType {
  /** As `builtin.type` of an instance names it. */
  readonly type: string
  readonly version: string
  readonly name: string
  readonly description: string
  readonly category: string
  /** What a connection of an instance is asked for. */
  readonly fields: readonly BuiltinField[]
  readonly actions: readonly {
    readonly name: string
    readonly description: string
    readonly effect: NonNullable<Command['effect']>
    /** Scenarios that its code can answer with instead. */
    readonly mocks: readonly string[]
  }[]
}

interface BuiltinField extends Pick<Field, 'type' | 'required' | 'title' | 'description' | 'default' | 'options'> {
  readonly name: string
}

function fieldOf(name: string, { type, required, title, description, default: fallback, options }: Field): BuiltinField {
  return {
    ...{ name, type, required },
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    ...(options !== undefined && { options }),
  }
}

function typeOf(definition: ConnectorDefinition): BuiltinType {
  const { name: type, version, title = type, description, category = '', connectionConfig = {}, commands } = definition
  return {
    ...{ type, version, name: title, description, category },
    fields: Object.entries(connectionConfig).map(([name, field]) => fieldOf(name, field)),
    actions: Object.entries(commands).map(([name, { description: about, effect = 'write', mock = {} }]) => ({
      ...{ name, description: about, effect, mocks: Object.keys(mock) },
    })),
  }
}

export const listBuiltins = (builtins: Builtins): readonly BuiltinType[] => [...builtins.values()].map(typeOf)
