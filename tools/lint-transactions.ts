// A lint rule: what runs in a transaction may run twice, and so keeps nothing outside of it. What a run that was rolled
// back has left in a variable, a list or a counter would be there together with what the next one leaves.
import type { Rule, Scope } from 'eslint'

const kept = 'What runs in a transaction may run twice: return it, and keep or count it after the commit.'

/** What is read of a node here, whatever it is of. */
type Node = Rule.Node & {
  parent: Node
  object: Node
  property: Node & { name: string }
  left: Node
  callee: Node & { name?: string }
  params: Node[]
  name: string
  value: Node
  properties: Node[]
  operator: string
}

const changing = /^(push|pop|shift|unshift|splice|sort|reverse|fill|set|add|delete|clear|inc|observe)$/
const runners = /^(transaction|inTransaction)$/

const isTx = (param: Node): boolean =>
  param.type === 'Identifier'
    ? param.name === 'tx'
    : param.type === 'ObjectPattern' &&
      (param as Node).properties.some(({ value }) => value?.type === 'Identifier' && isTx(value))

/** Of a call such as `deps.transaction(…)` or `inTransaction(…)`. */
function isRunner({ type, callee }: Node): boolean {
  if (type !== 'CallExpression') return false
  return runners.test((callee.type === 'MemberExpression' ? callee.property.name : callee.name) ?? '')
}

/** By its parameter `tx`, or because it is given to what runs a transaction. */
const runsInTransaction = (node: Node): boolean =>
  /Function/.test(node.type) && (node.params.some(isTx) || isRunner(node.parent))

/** `kept.list[0].push(…)`, `kept.count += 1`, `kept.count++`, `delete kept.one`; none of `kept.list`. */
function isChanged(identifier: Node): boolean {
  let at = identifier
  let method = ''
  while (
    (at.parent.type === 'MemberExpression' && at.parent.object === at) ||
    (at.parent.type as string) === 'TSNonNullExpression'
  ) {
    at = at.parent
    method = at.type === 'MemberExpression' ? at.property.name : method
  }
  const { parent } = at
  if (at === identifier) return false
  if (parent.type === 'CallExpression') return parent.callee === at && changing.test(method)
  if (parent.type === 'UnaryExpression') return parent.operator === 'delete'
  return parent.type === 'UpdateExpression' || (parent.type === 'AssignmentExpression' && parent.left === at)
}

export const transactions: Rule.RuleModule = {
  meta: { type: 'problem', messages: { kept }, schema: [] },
  create(context) {
    function check(it: Rule.Node): void {
      const node = it as Node
      if (!runsInTransaction(node)) return
      for (let outer = node.parent; outer; outer = outer.parent) if (runsInTransaction(outer)) return
      const { through } = context.sourceCode.getScope(node) as Scope.Scope
      for (const reference of through) {
        const identifier = reference.identifier as unknown as Node
        if (reference.isWrite() || isChanged(identifier))
          context.report({ node: identifier, messageId: 'kept' })
      }
    }
    return { ArrowFunctionExpression: check, FunctionExpression: check, FunctionDeclaration: check }
  },
}
