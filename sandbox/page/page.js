// Updates the network page: switches fault rules, pays from another bank, and lists transactions.

const refreshMs = 2_000
const status = document.querySelector('[role=status]')
const rulesBox = document.querySelector('#rules')
const transactionsBox = document.querySelector('#transactions')
const rupees = new Intl.NumberFormat('en-IN', { style: 'currency', currency: 'INR' })

/** Creates an element; texts are never parsed as markup. */
function element(name, attributes = {}, ...children) {
  const created = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) created.addEventListener(key.slice(2), value)
    else if (typeof value === 'boolean') created.toggleAttribute(key, value)
    else created.setAttribute(key, value)
  }
  created.append(...children)
  return created
}

async function request(method, path, body) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const result = response.status === 204 ? undefined : await response.json()
  if (!response.ok) throw new Error(result?.detail ?? result?.title ?? `status ${response.status}`)
  return result
}

async function attempt(run, done) {
  try {
    await run()
    if (done) status.textContent = done
  } catch (error) {
    status.textContent = `Failed: ${error.message}`
  }
}

function describeEffect(effect) {
  const { do: fault, ...rest } = effect
  return [fault, ...Object.values(rest)].join(' ')
}

function describeConditions(when) {
  const conditions = Object.entries(when).map(([name, value]) => `${name} ${value}`)
  return conditions.length === 0 ? 'every transaction' : conditions.join(', ')
}

async function showRules() {
  const { rules } = await request('GET', '/sandbox/scenarios')
  const shown = rules.map((rule) => {
    const toggle = element('input', {
      type: 'checkbox',
      checked: rule.enabled,
      onchange: ({ target }) =>
        attempt(
          () => request('PATCH', `/sandbox/scenarios/${rule.id}`, { enabled: target.checked }),
          `${rule.name} is ${target.checked ? 'on' : 'off'}`,
        ),
    })
    const remove = element(
      'button',
      {
        type: 'button',
        'aria-label': `Remove ${rule.name}`,
        onclick: () =>
          attempt(() => request('DELETE', `/sandbox/scenarios/${rule.id}`).then(showRules), 'Removed'),
      },
      'Remove',
    )
    return element(
      'tr',
      {},
      element('td', {}, element('label', { class: 'switch' }, toggle, rule.name)),
      element('td', {}, describeConditions(rule.when)),
      element('td', { class: 'mono' }, rule.effects.map(describeEffect).join('; ')),
      element('td', {}, remove),
    )
  })
  if (shown.length === 0)
    rulesBox.replaceChildren(element('tr', {}, element('td', { class: 'soft' }, 'No rules yet.')))
  else rulesBox.replaceChildren(...shown)
}

/** Transactions that stay expanded. */
const expanded = new Set()
let shownBefore = ''

async function showTransactions() {
  const { transactions } = await request('GET', '/sandbox/network/transactions?limit=30')
  const now = JSON.stringify(transactions)
  if (now === shownBefore) return
  shownBefore = now
  const shown = transactions.map((txn) => {
    const outcome = `${txn.result}${txn.errCode ? ` ${txn.errCode}` : ''}`
    const summary = element(
      'summary',
      {},
      element('strong', { class: txn.result }, outcome),
      ` ${rupees.format(txn.amountPaise / 100)} · `,
      element('span', { class: 'mono' }, `${txn.payerVpa ?? '?'} → ${txn.payeeVpa ?? '?'}`),
      element(
        'small',
        {},
        ` · ${new Date(txn.takenAt).toLocaleTimeString()}${txn.scenario ? ` · ${txn.scenario}` : ''}`,
      ),
    )
    const steps = txn.steps.map(({ at, what }) =>
      element('li', {}, element('small', { class: 'mono' }, `${new Date(at).toLocaleTimeString()} `), what),
    )
    return element(
      'details',
      {
        class: 'row',
        open: expanded.has(txn.txnId),
        ontoggle: ({ target }) => (target.open ? expanded.add(txn.txnId) : expanded.delete(txn.txnId)),
      },
      summary,
      element('p', {}, element('small', { class: 'mono' }, `${txn.txnId} · RRN ${txn.rrn} · ${txn.phase}`)),
      element('ol', {}, ...steps),
    )
  })
  if (shown.length === 0)
    shown.push(element('p', { class: 'soft' }, 'No transactions yet. Pay ok@sandbox, for example.'))
  transactionsBox.replaceChildren(...shown)
}

const presets = {
  'declined-debit': [{ do: 'decline', at: 'debit', code: 'Z9' }],
  'declined-credit': [{ do: 'decline', at: 'credit', code: 'YF' }],
  'answer-lost': [{ do: 'drop', what: 'answer' }],
  'request-lost': [{ do: 'drop', what: 'request' }],
  'answer-late': [{ do: 'late', what: 'answer' }],
  twice: [
    { do: 'twice', what: 'answer' },
    { do: 'twice', what: 'credit' },
    { do: 'twice', what: 'confirmation' },
  ],
  deemed: [{ do: 'deemed', then: 'TCC' }],
  returned: [{ do: 'deemed', then: 'RET' }],
  slow: [{ do: 'delay', what: 'credit', ms: 8000 }],
  offline: [{ do: 'offline', side: 'payee' }],
}

document.querySelector('#add-rule').addEventListener('submit', (event) => {
  event.preventDefault()
  const form = new FormData(event.target)
  const [preset, payeeVpa, share] = ['effect', 'payeeVpa', 'share'].map((name) =>
    String(form.get(name)).trim(),
  )
  const when = {
    ...(payeeVpa ? { payeeVpa } : {}),
    ...(share === '' || share === '100' ? {} : { share: Number(share) / 100 }),
  }
  const rule = { name: preset, when, effects: presets[preset] }
  void attempt(() => request('POST', '/sandbox/scenarios', rule).then(showRules), 'Rule added')
})

document.querySelector('#pay').addEventListener('submit', (event) => {
  event.preventDefault()
  const form = new FormData(event.target)
  const body = {
    payerVpa: String(form.get('payerVpa')).trim(),
    payeeVpa: String(form.get('payeeVpa')).trim(),
    amountPaise: Math.round(Number(form.get('rupees')) * 100),
  }
  void attempt(
    () => request('POST', '/sandbox/payments', body).then(showTransactions),
    'Payment started: see the list of transactions',
  )
})

await attempt(showRules)
for (;;) {
  if (!document.hidden)
    await showTransactions().catch(() => (status.textContent = 'The sandbox is not reachable.'))
  await new Promise((resolve) => setTimeout(resolve, refreshMs))
}
