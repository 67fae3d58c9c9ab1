import Form from '@rjsf/core'
import type { RJSFSchema, UiSchema } from '@rjsf/utils'
import { type Ref, useImperativeHandle, useRef } from 'react'
import type { Json } from '../../api/types.ts'
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

const uiSchema: UiSchema<unknown> = {
  // Optional groups open on demand: an API's schema can be a thousand fields deep.
  'ui:globalOptions': { enableOptionalDataFieldForType: ['object', 'array'] },
  'ui:submitButtonOptions': { norender: true },
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A form for the input of an action, generated from its JSON Schema. */
export default function SchemaForm({ schema, value, onChange, onSubmit, ref }: SchemaFormProps) {
  const form = useRef<Form<unknown>>(null)
  useImperativeHandle(ref, () => ({ validate: () => form.current?.validateForm() ?? true }), [])
  return (
    <Form<unknown>
      ref={form}
      schema={schema as RJSFSchema}
      uiSchema={uiSchema}
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
    >
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </Form>
  )
}
