// What the tidy test's own means find, and what they let pass.
import { describe, expect, it } from 'vitest'
import { cyclesIn } from './tidy-cycles.ts'
import { nodesWith, sqlWith, takes, type File } from './tidy-files.ts'
import { bannedNamesIn, bansIn, banOf } from './tidy-names.ts'

const script = (text: string): File => ({ path: 'services/x/src/a.ts', text, lines: text.split('\n') })

describe('the rules themselves', () => {
  it('find a cycle, however long', () => {
    const edges = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
      ['e', ['e']],
    ])
    expect(cyclesIn(edges)).toEqual([['a', 'b', 'c'], ['e']])
  })

  it('read the banned words and where they are allowed', () => {
    const table =
      '| Not | Say |\n| --- | --- |\n| flight, flights | in flight (as `inFlight`), single flight |\n'
    const bans = bansIn(table)
    expect(['flight', 'flightCount', 'in_flights'].map((name) => banOf(name, bans)?.word)).toEqual([
      'flight',
      'flight',
      'flights',
    ])
    expect(
      ['inFlight', 'max_in_flight', 'singleFlight', 'inflight'].map((name) => banOf(name, bans)),
    ).toEqual([undefined, undefined, undefined, undefined])
    const found = bannedNamesIn(
      script("const { a: flight } = { flightOf() {}, 'flight': 1 }\nuse(flight)"),
      bans,
    )
    expect(found).toHaveLength(2)
  })

  it.each([
    ['deps.bus\n  .publish(a)', 1],
    ["bus['publish'](a)", 1],
    ['const { publish: send } = deps.bus', 1],
    ['bus?.publish(a)', 1],
    ['messages.publish(a)', 0],
  ])('see who publishes: %j', (text, count) => {
    expect(nodesWith(script(text), (node) => takes(node, /bus$/i, 'publish'))).toHaveLength(count)
  })
  it.each([
    ['sql`select\n  p.* from p`', 1],
    ['sql`update p set a = 1 returning *`', 1],
    ['sql`select a, q . * from p join q using (a)`', 1],
    ['sql`select distinct * from p`', 1],
    ['sql`select count(*), a * b from p -- select * from q`', 0],
  ])('see a query without its columns: %j', (text, count) => {
    const pattern = /\b(select|returning|distinct|all)\s+(["\w]+\s*\.\s*)?\*|,\s*["\w]+\s*\.\s*\*/gi
    expect(sqlWith(script(text), pattern)).toHaveLength(count)
  })
})
