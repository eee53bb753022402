// Keeps the network's page alive: switches faults, pays from outside, and shows what the network did.

const refreshMs = 2_000
const status = document.querySelector('[role=status]')
const rulesBox = document.querySelector('#rules')
const transactionsBox = document.querySelector('#transactions')
const rupees = new Intl.NumberFormat('en-IN', { style: 'currency', currency: 'INR' })

/** An element with its words, which are never read as markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value)
    else if (typeof value === 'boolean') made.toggleAttribute(key, value)
    else made.setAttribute(key, value)
  }
  made.append(...children)
  return made
}

async function ask(method, path, body) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const said = answer.status === 204 ? undefined : await answer.json()
  if (!answer.ok) throw new Error(said?.detail ?? said?.title ?? `status ${answer.status}`)
  return said
}

async function attempt(run, done) {
  try {
    await run()
    if (done) status.textContent = done
  } catch (error) {
    status.textContent = `That did not work: ${error.message}`
  }
}

function effectWords(effect) {
  const { do: verb, ...rest } = effect
  return [verb, ...Object.values(rest)].join(' ')
}

function conditionWords(when) {
  const words = Object.entries(when).map(([name, value]) => `${name} ${value}`)
  return words.length === 0 ? 'every transaction' : words.join(', ')
}

async function showRules() {
  const { rules } = await ask('GET', '/sandbox/scenarios')
  const shown = rules.map((rule) => {
    const toggle = element('input', {
      type: 'checkbox',
      checked: rule.enabled,
      onchange: ({ target }) =>
        attempt(
          () => ask('PATCH', `/sandbox/scenarios/${rule.id}`, { enabled: target.checked }),
          `${rule.name} is ${target.checked ? 'on' : 'off'}`,
        ),
    })
    const remove = element(
      'button',
      {
        type: 'button',
        'aria-label': `Remove ${rule.name}`,
        onclick: () =>
          attempt(() => ask('DELETE', `/sandbox/scenarios/${rule.id}`).then(showRules), 'Removed'),
      },
      'Remove',
    )
    return element(
      'tr',
      {},
      element('td', {}, element('label', { class: 'switch' }, toggle, rule.name)),
      element('td', {}, conditionWords(rule.when)),
      element('td', { class: 'mono' }, rule.effects.map(effectWords).join('; ')),
      element('td', {}, remove),
    )
  })
  if (shown.length === 0)
    rulesBox.replaceChildren(element('tr', {}, element('td', { class: 'soft' }, 'No rules yet.')))
  else rulesBox.replaceChildren(...shown)
}

/** Those that somebody has opened stay open. */
const open = new Set()
let shownBefore = ''

async function showTransactions() {
  const { transactions } = await ask('GET', '/sandbox/network/transactions?limit=30')
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
        open: open.has(txn.txnId),
        ontoggle: ({ target }) => (target.open ? open.add(txn.txnId) : open.delete(txn.txnId)),
      },
      summary,
      element('p', {}, element('small', { class: 'mono' }, `${txn.txnId} · RRN ${txn.rrn} · ${txn.phase}`)),
      element('ol', {}, ...steps),
    )
  })
  if (shown.length === 0)
    shown.push(element('p', { class: 'soft' }, 'Nothing yet. Pay ok@sandbox, for a start.'))
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
  void attempt(() => ask('POST', '/sandbox/scenarios', rule).then(showRules), 'The rule is on')
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
    () => ask('POST', '/sandbox/payments', body).then(showTransactions),
    'Paid from outside: see below',
  )
})

await attempt(showRules)
for (;;) {
  if (!document.hidden)
    await showTransactions().catch(() => (status.textContent = 'The network does not answer now.'))
  await new Promise((resolve) => setTimeout(resolve, refreshMs))
}
