import {
  ADDITIONAL_PROPERTY_FLAG,
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  type CyclicSchemaExpandProps,
  canExpand,
  type DescriptionFieldProps,
  descriptionId,
  errorId,
  type FieldErrorProps,
  type FieldTemplateProps,
  type IconButtonProps,
  ID_KEY,
  type MultiSchemaFieldTemplateProps,
  type ObjectFieldTemplateProps,
  type OptionalDataControlsTemplateProps,
  type TemplatesType,
  type UnsupportedFieldProps,
  type WrapIfAdditionalTemplateProps,
} from '@rjsf/utils'
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '../../lib/cx.ts'
import { Button, IconButton } from '../button.tsx'
import { controlClass } from '../field.tsx'

/** How a form generated from a JSON Schema looks: one column, labels above, groups under a line at their left. */

const group = 'min-w-0 border-l-2 border-line pl-3.5'

/** Descriptions come from API documents and can be long; the first lines are enough beside a field. */
const description = 'line-clamp-3 text-small text-ink-3 has-focus:line-clamp-none hover:line-clamp-none'

function FieldTemplate({
  id,
  label,
  children,
  errors,
  help,
  rawDescription,
  hidden,
  required,
  displayLabel,
  registry,
  uiSchema,
  schema,
  ...rest
}: FieldTemplateProps) {
  if (hidden) return <div className="hidden">{children}</div>
  const { WrapIfAdditionalTemplate } = registry.templates
  // RJSF leaves the label of a boolean to its checkbox; here it is a select like any other.
  const labelled = displayLabel || schema.type === 'boolean'
  const type = Array.isArray(schema.type) ? schema.type.find((name) => name !== 'null') : schema.type
  return (
    <WrapIfAdditionalTemplate
      {...rest}
      id={id}
      label={label}
      required={required ?? false}
      displayLabel={displayLabel ?? false}
      schema={schema}
      uiSchema={uiSchema ?? {}}
      registry={registry}
      rawDescription={rawDescription ?? ''}
    >
      <div className="flex min-w-0 flex-col gap-1">
        {labelled && (
          <label htmlFor={id} className="flex items-baseline gap-2 text-small">
            <span className="font-medium text-ink-2">{label}</span>
            <span className="text-micro text-ink-3">
              {type === 'integer' ? 'whole number' : type}
              {required ? '' : ', optional'}
            </span>
            {schema.deprecated === true && <span className="text-micro text-warn">deprecated</span>}
          </label>
        )}
        {children}
        {labelled && rawDescription && (
          <p id={descriptionId(id)} className={description}>
            {rawDescription}
          </p>
        )}
        {errors}
        {help}
      </div>
    </WrapIfAdditionalTemplate>
  )
}

function ObjectFieldTemplate({
  title,
  description: text,
  properties,
  fieldPathId,
  schema,
  uiSchema,
  formData,
  onAddProperty,
  disabled,
  readonly,
  optionalDataControl,
}: ObjectFieldTemplateProps) {
  const root = fieldPathId.path.length === 0
  return (
    <fieldset id={fieldPathId[ID_KEY]} className={cx('min-w-0 space-y-4', !root && properties.length > 0 && group)}>
      {!root && (title || optionalDataControl) && <GroupTitle title={title} text={text} control={optionalDataControl} />}
      {properties.map(({ content }) => content)}
      {canExpand(schema, uiSchema, formData) && (
        <Button size="small" icon={<Plus size={13} />} disabled={Boolean(disabled || readonly)} onClick={onAddProperty}>
          Add a field
        </Button>
      )}
    </fieldset>
  )
}

function GroupTitle({
  title,
  text,
  control,
}: {
  readonly title: ReactNode
  readonly text?: ReactNode
  readonly control?: ReactNode
}) {
  return (
    <legend className="w-full">
      <span className="flex items-center gap-2 text-small font-medium text-ink-2">
        {title}
        {control}
      </span>
      {text && <span className={cx('block font-normal', description)}>{text}</span>}
    </legend>
  )
}

function ArrayFieldTemplate({
  title,
  schema,
  items,
  canAdd,
  onAddClick,
  disabled,
  readonly,
  fieldPathId,
  optionalDataControl,
  required,
}: ArrayFieldTemplateProps) {
  return (
    <fieldset id={fieldPathId[ID_KEY]} className={cx('min-w-0 space-y-2.5', items.length > 0 && group)}>
      <GroupTitle
        title={
          <>
            {title}
            <span className="text-micro font-normal text-ink-3">list{required ? '' : ', optional'}</span>
          </>
        }
        text={schema.description}
        control={optionalDataControl}
      />
      {items}
      {canAdd && (
        <Button size="small" icon={<Plus size={13} />} disabled={Boolean(disabled || readonly)} onClick={onAddClick}>
          Add an item
        </Button>
      )}
    </fieldset>
  )
}

function ArrayFieldItemTemplate({ children, buttonsProps, index, totalItems }: ArrayFieldItemTemplateProps) {
  const { onMoveUpItem, onMoveDownItem, onRemoveItem, hasMoveUp, hasMoveDown, hasRemove } = buttonsProps
  return (
    <div className="flex items-start gap-1">
      <div className="min-w-0 flex-1">{children}</div>
      {totalItems > 1 && (
        <>
          <IconButton size="small" label={`Move item ${index + 1} up`} disabled={!hasMoveUp} onClick={onMoveUpItem}>
            <ArrowUp size={13} />
          </IconButton>
          <IconButton size="small" label={`Move item ${index + 1} down`} disabled={!hasMoveDown} onClick={onMoveDownItem}>
            <ArrowDown size={13} />
          </IconButton>
        </>
      )}
      {hasRemove && (
        <IconButton size="small" label={`Remove item ${index + 1}`} onClick={onRemoveItem}>
          <X size={14} />
        </IconButton>
      )}
    </div>
  )
}

function WrapIfAdditionalTemplate({
  id,
  label,
  children,
  schema,
  onKeyRenameBlur,
  onRemoveProperty,
  disabled,
  readonly,
}: WrapIfAdditionalTemplateProps) {
  if (!(ADDITIONAL_PROPERTY_FLAG in schema)) return <>{children}</>
  return (
    <div className="grid grid-cols-[minmax(6rem,10rem)_minmax(0,1fr)_auto] items-end gap-2">
      <input
        key={label}
        aria-label="Name of the field"
        id={`${id}-key`}
        defaultValue={label}
        onBlur={onKeyRenameBlur}
        disabled={disabled || readonly}
        className={cx(controlClass, 'font-mono')}
      />
      {children}
      <IconButton label={`Remove ${label}`} disabled={disabled || readonly} onClick={onRemoveProperty}>
        <X size={14} />
      </IconButton>
    </div>
  )
}

function FieldErrorTemplate({ errors = [], fieldPathId }: FieldErrorProps) {
  if (errors.length === 0) return null
  return (
    <p id={errorId(fieldPathId)} role="alert" className="text-small text-bad">
      {errors.map((error) => (typeof error === 'string' ? error : '')).join(' ')}
    </p>
  )
}

function MultiSchemaFieldTemplate({ selector, optionSchemaField }: MultiSchemaFieldTemplateProps) {
  return (
    <div className={cx(group, 'space-y-2.5')}>
      {selector}
      {optionSchemaField}
    </div>
  )
}

function OptionalDataControlsTemplate({ id, label, onAddClick, onRemoveClick }: OptionalDataControlsTemplateProps) {
  if (onAddClick)
    return (
      <Button id={id} size="small" look="quiet" icon={<Plus size={13} />} onClick={onAddClick} aria-label={label}>
        Add
      </Button>
    )
  if (!onRemoveClick) return null
  return (
    <IconButton id={id} size="small" label={label} onClick={onRemoveClick}>
      <X size={13} />
    </IconButton>
  )
}

function CyclicSchemaExpandTemplate({ name, fieldPathId, onExpand }: CyclicSchemaExpandProps) {
  return (
    <Button size="small" look="quiet" icon={<Plus size={13} />} onClick={() => onExpand(fieldPathId[ID_KEY])}>
      Go deeper into {name}
    </Button>
  )
}

const Description = ({ id, description: text }: DescriptionFieldProps) =>
  text ? (
    <p id={id} className={description}>
      {text}
    </p>
  ) : null
const Unsupported = ({ reason }: UnsupportedFieldProps) => (
  <p className="text-small text-warn">The form can't show this part ({reason}). Use the JSON tab.</p>
)
const Nothing = () => null
const Add = ({ onClick, disabled }: IconButtonProps) => (
  <IconButton size="small" label="Add" disabled={disabled} onClick={onClick}>
    <Plus size={13} />
  </IconButton>
)
const Remove = ({ onClick, disabled }: IconButtonProps) => (
  <IconButton size="small" label="Remove" disabled={disabled} onClick={onClick}>
    <X size={13} />
  </IconButton>
)

export const templates: Partial<Omit<TemplatesType, 'ButtonTemplates'>> & {
  readonly ButtonTemplates: Partial<TemplatesType['ButtonTemplates']>
} = {
  FieldTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate,
  ArrayFieldItemTemplate,
  WrapIfAdditionalTemplate,
  FieldErrorTemplate,
  MultiSchemaFieldTemplate,
  OptionalDataControlsTemplate,
  CyclicSchemaExpandTemplate,
  DescriptionFieldTemplate: Description,
  UnsupportedFieldTemplate: Unsupported,
  ErrorListTemplate: Nothing,
  ButtonTemplates: { AddButton: Add, RemoveButton: Remove, ClearButton: Nothing, SubmitButton: Nothing },
}
