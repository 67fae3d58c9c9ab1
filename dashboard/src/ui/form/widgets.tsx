import { ariaDescribedByIds, type EnumOptionsType, getInputProps, type RegistryWidgetsType, type WidgetProps } from '@rjsf/utils'
import { type ChangeEvent, useId } from 'react'
import { cx } from '../../lib/cx.ts'
import { Checkbox, Select } from '../choice.tsx'
import { controlClass } from '../field.tsx'

/** The inputs of a generated form. RJSF hands values over untyped; each widget takes them as what its schema says. */

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value))

function TextInput({
  id,
  htmlName,
  value,
  required,
  disabled,
  readonly,
  placeholder,
  onChange,
  onBlur,
  onFocus,
  options,
  schema,
  rawErrors,
  type,
}: WidgetProps) {
  const input = getInputProps(schema, typeof type === 'string' ? type : undefined, options)
  const list = useId()
  const examples = Array.isArray(schema.examples) ? schema.examples.map(textOf) : []
  const change = ({ target }: ChangeEvent<HTMLInputElement>) => onChange(target.value === '' ? options.emptyValue : target.value)
  return (
    <>
      <input
        id={id}
        name={htmlName ?? id}
        className={cx(controlClass, (input.type === 'number' || schema.format) && 'font-mono')}
        // The browser's own number field drops what it can't read; the schema says better what is wrong.
        type={input.type === 'number' ? 'text' : input.type}
        inputMode={input.type === 'number' ? 'decimal' : undefined}
        value={textOf(value)}
        required={required}
        disabled={disabled || readonly}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder || (schema.default === undefined ? '' : `default: ${textOf(schema.default)}`)}
        list={examples.length > 0 ? list : undefined}
        aria-invalid={rawErrors && rawErrors.length > 0 ? true : undefined}
        aria-describedby={ariaDescribedByIds(id)}
        onChange={change}
        onBlur={({ target }) => onBlur(id, target.value)}
        onFocus={({ target }) => onFocus(id, target.value)}
      />
      {examples.length > 0 && (
        <datalist id={list}>
          {examples.map((example) => (
            <option key={example} value={example} />
          ))}
        </datalist>
      )}
    </>
  )
}

function TextareaWidget({ id, value, onChange, disabled, readonly, options, rawErrors }: WidgetProps) {
  return (
    <textarea
      id={id}
      rows={4}
      value={textOf(value)}
      disabled={disabled || readonly}
      aria-invalid={rawErrors && rawErrors.length > 0 ? true : undefined}
      aria-describedby={ariaDescribedByIds(id)}
      onChange={({ target }) => onChange(target.value === '' ? options.emptyValue : target.value)}
      className={cx(controlClass, 'h-auto resize-y py-1.5')}
    />
  )
}

const unset = ''

/** Positions stand in for values, because a value may be of any type. */
function SelectWidget({
  id,
  value,
  options: { enumOptions = [] },
  onChange,
  required,
  disabled,
  readonly,
  multiple,
  label,
}: WidgetProps) {
  if (multiple)
    return (
      <ManyOf options={enumOptions} value={value} onChange={onChange} disabled={Boolean(disabled || readonly)} label={label} />
    )
  const index = enumOptions.findIndex((option) => option.value === value)
  return (
    <Select
      id={id}
      value={index < 0 ? unset : String(index)}
      onChange={(next) => onChange(next === unset ? undefined : enumOptions[Number(next)]?.value)}
      disabled={Boolean(disabled || readonly)}
      options={[
        ...(required && index >= 0 ? [] : [{ value: unset, label: 'Not set' }]),
        ...enumOptions.map((option, position) => ({ value: String(position), label: option.label })),
      ]}
    />
  )
}

function ManyOf({
  options,
  value,
  onChange,
  disabled,
  label,
}: {
  readonly options: readonly EnumOptionsType[]
  readonly value: unknown
  readonly onChange: (value: unknown[]) => void
  readonly disabled: boolean
  readonly label: string
}) {
  const chosen: unknown[] = Array.isArray(value) ? value : []
  return (
    <div role="group" aria-label={label} className="flex flex-wrap gap-x-4 gap-y-1.5">
      {options.map((option) => (
        <Checkbox
          key={option.label}
          label={option.label}
          disabled={disabled}
          checked={chosen.includes(option.value)}
          onChange={(checked) => onChange(checked ? [...chosen, option.value] : chosen.filter((item) => item !== option.value))}
        />
      ))}
    </div>
  )
}

const truths = [
  { value: unset, label: 'Not set' },
  { value: 'true', label: 'true' },
  { value: 'false', label: 'false' },
] as const

/** Three states: an API may treat "absent" unlike "false". */
function CheckboxWidget({ id, value, onChange, disabled, readonly, label }: WidgetProps) {
  return (
    <Select<'' | 'true' | 'false'>
      id={id}
      label={label}
      value={value === true ? 'true' : value === false ? 'false' : unset}
      onChange={(next) => onChange(next === unset ? undefined : next === 'true')}
      options={truths}
      disabled={Boolean(disabled || readonly)}
      className="max-w-40"
    />
  )
}

export const widgets: RegistryWidgetsType = {
  TextWidget: TextInput,
  EmailWidget: TextInput,
  URLWidget: TextInput,
  UpDownWidget: TextInput,
  PasswordWidget: TextInput,
  // Native date pickers can't express time zones or partial input; the format is in the label and checked.
  DateWidget: TextInput,
  DateTimeWidget: TextInput,
  TimeWidget: TextInput,
  ColorWidget: TextInput,
  FileWidget: TextInput,
  TextareaWidget,
  SelectWidget,
  RadioWidget: SelectWidget,
  CheckboxesWidget: SelectWidget,
  CheckboxWidget,
}
