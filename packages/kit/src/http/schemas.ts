// Validation and serialisation by schema: each schema is compiled once for the whole process.
import { isUuid } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { textFormats } from '@bahi/contracts/text-formats.ts'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

type Validated = { value: unknown; error?: undefined } | { value?: undefined; error: Problem }

// Bodies are validated as they are; values in a URL are text and are converted.
const strictAjv = newAjv(false)
const textAjv = newAjv('array')
const validators = {
  body: new WeakMap<object, ValidateFunction>(),
  text: new WeakMap<object, ValidateFunction>(),
}

function newAjv(coerceTypes: boolean | 'array'): Ajv {
  const ajv = new Ajv({
    coerceTypes,
    allErrors: false,
    strict: false,
    useDefaults: true,
    unicodeRegExp: true,
  })
  ;(addFormats as unknown as (a: Ajv) => void)(ajv)
  // Narrower than the library's: only what the database accepts too.
  ajv.addFormat('uuid', (text: string) => isUuid(text.toLowerCase()))
  ajv.addFormat('date-time', isDateTime)
  for (const [name, check] of Object.entries(textFormats)) ajv.addFormat(name, check)
  return ajv
}

/** RFC 3339 with zone, of a day that exists, between 1 and 2999: no leap second, nothing beyond a `Date`. */
function isDateTime(text: string): boolean {
  const [, year, month, day] =
    /^(?!0000)([012]\d{3})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.exec(text) ?? []
  if (Number.isNaN(Date.parse(text))) return false
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
}

// It validates where a schema leaves a choice, and does not know our formats by itself.
const compileSerializer = SerializerSelector()({}, { ajv: { formats: textFormats } })
const serializers = new WeakMap<object, (answer: unknown) => string>()

/** Compiled once for each schema, however many routes, services and restarts of one process use it. */
export function serializerOf(schema: object): (answer: unknown) => string {
  let serialize = serializers.get(schema)
  if (!serialize) {
    serialize = compileSerializer({ schema } as never) as (answer: unknown) => string
    serializers.set(schema, serialize)
  }
  return serialize
}

export function validatorOf(schema: object, part: string): (data: unknown) => Validated {
  const optional = '~optional' in schema
  const [ajv, known] = part === 'body' ? [strictAjv, validators.body] : [textAjv, validators.text]
  let validate = known.get(schema)
  if (!validate) known.set(schema, (validate = ajv.compile(schema)))
  return (data: unknown) => {
    if (part === 'body' && optional && (data === undefined || data === null)) return { value: data }
    if (validate(data)) return { value: data }
    const fields = (validate.errors ?? []).map((e) => {
      const params = e.params as { additionalProperty?: string; missingProperty?: string }
      const property = params.additionalProperty ?? params.missingProperty
      return {
        path: `/${part}${e.instancePath}${property ? `/${property}` : ''}`,
        message: params.additionalProperty
          ? 'is not known here'
          : params.missingProperty
            ? 'is missing'
            : (e.message ?? 'is wrong'),
      }
    })
    const detail = fields.map((f) => `${f.path} ${f.message}`).join('; ')
    return { error: new Problem('request-invalid', detail, { fields }) }
  }
}

/** Whether a value fits a schema as it is. */
export function fits(schema: object): (value: unknown) => boolean {
  return strictAjv.compile(schema)
}
