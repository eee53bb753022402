// Filters of the console's lists that an operator keeps under a name: each sees their own alone.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { ContactName } from './contacts.ts'
import { Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

/** The most of one operator, over all lists. */
export const maxSavedViews = 50
/** The most letters of a name. */
export const maxViewName = 40

/** The lists with filters, as the console's addresses name them. */
export const viewLists = ['audit', 'differences', 'grants', 'kyc', 'measures'] as const
export type ViewList = (typeof viewLists)[number]

const view = {
  list: Type.Enum([...viewLists]),
  name: Type.String({ ...ContactName, maxLength: maxViewName, examples: ['Late successes'] }),
  filters: Type.Record(
    Type.String({ pattern: '^[a-z]{1,20}$' }),
    Type.String({ minLength: 1, maxLength: 200 }),
    { ...strict, minProperties: 1, maxProperties: 8, examples: [{ kind: 'late-success', state: 'open' }] },
  ),
}
const SavedView = Type.Object({ id: Uuid, ...view })
export type SavedView = Static<typeof SavedView>

export const listSavedViews = {
  service: 'user',
  method: 'GET',
  url: '/v1/operations/views',
  access: { permission: 'views:read' },
  recordedAfterwards: true,
  summary: 'My saved views of the console’s lists, the oldest first',
  schema: { response: { 200: Type.Object({ views: Type.Array(SavedView, { maxItems: maxSavedViews }) }) } },
} as const satisfies Contract

export const saveView = {
  service: 'user',
  method: 'PUT',
  url: '/v1/operations/views/:id',
  access: { permission: 'views:write' },
  summary: 'Save filters of a list under a name, or change a saved view',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object(view, strict),
    response: { 200: SavedView },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const removeView = {
  service: 'user',
  method: 'DELETE',
  url: '/v1/operations/views/:id',
  access: { permission: 'views:write' },
  summary: 'Remove a saved view; one that is not there is removed already',
  schema: { params: Type.Object({ id: Uuid }), response: { 204: Type.Null() } },
} as const satisfies Contract
