// What a desktop shows beside a narrow screen: my code to scan off it, my accounts, and how to stay safe.
import { upiLink } from '@bahi/contracts/codes/upi-link.ts'
import { Link, useLocation } from 'react-router'
import { shortAccountNumber, useMe, useMyAccounts, useMyVpas } from '../accounts/my-accounts.ts'
import { useText } from '../language/language.ts'
import { QrCode } from '@bahi/web-ui/components/qr-code.tsx'
import { BankMark } from '@bahi/web-ui/components/bank-mark.tsx'
import { Card, Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'

/** In the middle of a payment nothing else asks for attention. */
const inPayment = /^\/(pay\/|scan)/

/** They show the accounts themselves. */
const hasAccounts = /^\/($|accounts)/

export function DesktopPanel() {
  const { pathname } = useLocation()
  return (
    <div className="flex flex-col gap-5 print:hidden">
      {!inPayment.test(pathname) && (
        <>
          <MyCode />
          {!hasAccounts.test(pathname) && <MyAccounts />}
        </>
      )}
      <Safety />
    </div>
  )
}

function MyCode() {
  const t = useText()
  const name = useMe().data?.name
  const vpa = useMyVpas().data?.[0]?.vpa
  if (name === undefined || vpa === undefined) return null
  return (
    <Card className="flex flex-col gap-3 text-center">
      <h2 className="text-left font-semibold">{t('receive.title')}</h2>
      <QrCode text={upiLink({ vpa, name })} label={t('receive.code-of', { name, vpa })} />
      <p>
        <span className="block truncate font-semibold">{name}</span>
        <Link to="/receive" className="block min-h-11 truncate py-3 text-sm text-accent hover:underline">
          {vpa}
        </Link>
      </p>
    </Card>
  )
}

function MyAccounts() {
  const t = useText()
  const accounts = useMyAccounts().data ?? []
  if (accounts.length === 0) return null
  return (
    <Card className="flex flex-col gap-1">
      <h2 className="font-semibold">{t('accounts.title')}</h2>
      <ul className="-mx-3 -mb-2">
        {accounts.map(({ id, bank, bankName, maskedNumber }) => (
          <li key={id}>
            <Row
              to={`/accounts/${id}`}
              left={<BankMark code={bank} name={bankName} className="size-9" />}
              title={bankName}
              under={shortAccountNumber(maskedNumber)}
            />
          </li>
        ))}
      </ul>
    </Card>
  )
}

const advice = ['safety.pin', 'safety.receive', 'safety.fraud'] as const

function Safety() {
  const t = useText()
  return (
    <Card className="flex flex-col gap-3">
      <h2 className="flex items-center gap-2 font-semibold">
        <Icon name="lock" className="size-5 text-accent" />
        {t('safety.title')}
      </h2>
      <ul className="flex flex-col gap-2 text-sm text-soft">
        {advice.map((one) => (
          <li key={one}>{t(one)}</li>
        ))}
      </ul>
    </Card>
  )
}
