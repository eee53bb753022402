// A lint rule: a table that is a plain object is asked for a stranger's key only together with `Object.hasOwn`.
// `constructor`, `__proto__` and `toString` are keys of every object: `table[key]` finds them, and so does `in`.
import type { Rule } from 'eslint'
import ts from 'typescript'

const strange =
  'Every object has `constructor`: use a Map, or ask `Object.hasOwn` in the same condition, for a key that is any text.'

/** What is read of a node here, whatever it is of. */
type Node = Rule.Node & {
  parent: Node
  computed: boolean
  operator: string
  object: Node
  property: Node
  left: Node
  right: Node
  expression?: Node
  test?: Node
  body: Node
}
type ParserServices = { program: ts.Program; esTreeNodeToTSNodeMap: Map<unknown, ts.Node> }

const anyText = ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral
const unionOf = (type: ts.Type) => (type.isUnion() ? type.types : [type])

export const ownKeys: Rule.RuleModule = {
  meta: { type: 'problem', messages: { strange }, schema: [] },
  create(context) {
    const { sourceCode } = context
    const { program, esTreeNodeToTSNodeMap } = sourceCode.parserServices as unknown as ParserServices
    const checker = program.getTypeChecker()
    const typeOf = (node: Node) => checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(node)!)
    const textOf = (node: Node) => sourceCode.getText(node)

    /** Any text, rather than one of some words. */
    const isAnyText = (node: Node) => unionOf(typeOf(node)).some((type) => (type.flags & anyText) !== 0)
    /** A record by text; lists, maps and what is declared with its names are none. */
    const isTable = (node: Node) =>
      unionOf(checker.getNonNullableType(typeOf(node))).some(
        (type) => type.getStringIndexType() !== undefined,
      )
    const isCastToKey = (node: Node) =>
      (node.type as string) === 'TSAsExpression' && /\bkeyof\b/.test(textOf(node))

    /** `Object.hasOwn(table, key) ? table[key] : …`, in an `if`, after `&&`, or before in the same function. */
    function isAsked(node: Node, table: Node, key: Node): boolean {
      const asks = `Object.hasOwn(${textOf(table.expression ?? table)}, ${textOf(key.expression ?? key)})`
      for (let at = node; at.parent; at = at.parent) {
        const { parent } = at
        const test = parent.test ?? (parent.type === 'LogicalExpression' ? parent.left : undefined)
        if (test && test !== at && textOf(test).includes(asks)) return true
        if (parent.type.includes('Function')) return textOf(parent.body).includes(asks)
      }
      return false
    }
    const check = (node: Node, table: Node, key: Node) => {
      if (!isAsked(node, table, key)) context.report({ node, messageId: 'strange' })
    }

    return {
      MemberExpression(it) {
        const node = it as unknown as Node
        const { computed, object, property, parent } = node
        const isWritten = parent.type === 'AssignmentExpression' && parent.left === node
        if (!computed || isWritten || property.type === 'Literal') return
        if (isCastToKey(property) || (isTable(object) && isAnyText(property))) check(node, object, property)
      },
      BinaryExpression(it) {
        const node = it as unknown as Node
        const { operator, left, right } = node
        const isName = left.type === 'Literal' || (left.type as string) === 'PrivateIdentifier'
        if (operator === 'in' && !isName && isAnyText(left)) check(node, right, left)
      },
    }
  },
}
