// Opens a bank account to play with, with a debit card, for any phone at any bank of the sandbox.
import { digitsIn } from '@bahi/contracts/digits.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { openAccount } from '@bahi/contracts/sandbox.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { callPublic } from '../../api/client.ts'
import { useBanks } from '../../accounts/use-banks.ts'
import { useDeveloperText } from './developer-texts.ts'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'

/** Whose account it is: of a person, or of a business by its category. */
const holders = ['', '5411', '5812', '8211', '6300'] as const
type Holder = (typeof holders)[number]

export function OpenAccount() {
  const t = useDeveloperText()
  const banks = useBanks()
  const [phone, setPhone] = useState('')
  const [bank, setBank] = useState('BAHI')
  const [rupees, setRupees] = useState('10000')
  const [mcc, setMcc] = useState<Holder>('')
  const opening = useMutation({
    mutationFn: () =>
      callPublic(openAccount, {
        body: {
          ...{ phone: parsePhone(phone)!, bank, balancePaise: Math.round(Number(rupees) * 100) },
          ...(mcc === '' ? {} : { mcc }),
        },
      }),
  })
  const opened = opening.data
  const isReady = parsePhone(phone) !== undefined && /^\d{1,9}$/.test(rupees)
  return (
    <div className="grid max-w-4xl grid-cols-1 gap-5 md:grid-cols-2">
      <Card>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            opening.mutate()
          }}
        >
          <p className="text-soft">{t('developer.account-about')}</p>
          <Field
            label={t('sign-in.phone')}
            before="+91"
            type="tel"
            inputMode="tel"
            value={phone}
            onChange={({ target }) => setPhone(target.value)}
          />
          <Select label={t('developer.bank')} value={bank} onValue={setBank}>
            {(banks.data ?? [{ code: 'BAHI', name: 'BAHI' }]).map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </Select>
          <Select label={t('developer.holder')} value={mcc} onValue={(value) => setMcc(value as Holder)}>
            {holders.map((one) => (
              <option key={one} value={one}>
                {t(`developer.holder-${one === '' ? 'person' : one}`)}
              </option>
            ))}
          </Select>
          <Field
            label={t('developer.balance')}
            before="₹"
            inputMode="numeric"
            value={rupees}
            onChange={({ target }) => setRupees(digitsIn(target.value))}
          />
          <ProblemNote error={opening.error} />
          <Button type="submit" busy={opening.isPending} disabled={!isReady} wide>
            {t('developer.account-open')}
          </Button>
        </form>
      </Card>
      {opened && (
        <section
          aria-live="polite"
          className="flex flex-col gap-4 self-start rounded-card bg-accent p-6 text-on-accent"
        >
          <h2 className="text-lg font-bold">{opened.holderName}</h2>
          <p className="font-mono text-xl tracking-wider">
            {opened.card.number.replace(/(\d{4})(?=\d)/g, '$1 ')}
          </p>
          <dl className="grid grid-cols-2 gap-3 text-sm">
            {(
              [
                ['developer.card-last6', opened.card.last6],
                ['developer.card-expiry', opened.card.expiry],
                ['developer.number', opened.accountNumber],
                ['developer.ifsc', opened.ifsc],
                ['developer.balance', formatRupees(opened.balancePaise)],
                ...(opened.vpa === undefined ? [] : ([['developer.upi-id', opened.vpa]] as const)),
              ] as const
            ).map(([label, value]) => (
              <div key={label}>
                <dt>{t(label)}</dt>
                <dd className="font-mono text-base font-semibold wrap-anywhere">{value}</dd>
              </div>
            ))}
          </dl>
          <p>{t('developer.account-next')}</p>
        </section>
      )}
    </div>
  )
}
