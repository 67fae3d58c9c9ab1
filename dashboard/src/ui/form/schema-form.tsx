import Form from '@rjsf/core'
import type { RJSFSchema, UiSchema } from '@rjsf/utils'
import { type Ref, useImperativeHandle, useMemo, useRef } from 'react'
import type { Json } from '../../api/types.ts'
import { isObject } from '../../lib/is-object.ts'
import { templates } from './templates.tsx'
import { formValidator } from './validator.ts'
import { widgets } from './widgets.tsx'

export interface SchemaFormHandle {
  /** Shows what is wrong beside the fields; true when nothing is. */
  readonly validate: () => boolean
}

interface SchemaFormProps {
  readonly schema: Json
  readonly value: Json
  readonly onChange: (value: Json) => void
  readonly onSubmit: () => void
  readonly ref?: Ref<SchemaFormHandle>
}

/** Required fields first: whoever tries an action fills those. */
function uiSchemaOf({ properties, required }: Json): UiSchema<unknown> {
  const first =
    Array.isArray(required) && isObject(properties)
      ? required.filter((name) => typeof name === 'string' && name in properties)
      : []
  return {
    ...(first.length > 0 ? { 'ui:order': [...first, '*'] } : {}),
    // Optional groups open on demand: an API's schema can be a thousand fields deep.
    'ui:globalOptions': { enableOptionalDataFieldForType: ['object', 'array'] },
    // The whole is no optional group; RJSF takes it for one when its schema contains references.
    'ui:options': { enableOptionalDataFieldForType: [] },
    'ui:submitButtonOptions': { norender: true },
  }
}

/** A form for the input of an action, generated from its JSON Schema. */
export default function SchemaForm({ schema, value, onChange, onSubmit, ref }: SchemaFormProps) {
  const form = useRef<Form<unknown>>(null)
  const ui = useMemo(() => uiSchemaOf(schema), [schema])
  useImperativeHandle(ref, () => ({ validate: () => form.current?.validateForm() ?? true }), [])
  return (
    <Form<unknown>
      ref={form}
      schema={schema as RJSFSchema}
      uiSchema={ui}
      formData={value}
      validator={formValidator}
      templates={templates}
      widgets={widgets}
      idPrefix="input"
      noHtml5Validate
      showErrorList={false}
      focusOnFirstError
      experimental_defaultFormStateBehavior={{
        emptyObjectFields: 'populateRequiredDefaults',
        arrayMinItems: { populate: 'requiredOnly' },
      }}
      onChange={({ formData }) => onChange(isObject(formData) ? formData : {})}
      onSubmit={onSubmit}
      // Without a listener RJSF writes what was typed to the console.
      onError={() => {}}
    >
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </Form>
  )
}
