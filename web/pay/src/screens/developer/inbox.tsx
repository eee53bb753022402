// The inbox that every SMS and mail of a sandbox lands in, as they come.
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { callPublic } from '../../api/client.ts'
import { useLanguage } from '../../language/language.ts'
import { useDeveloperText } from './developer-texts.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'

const everyMs = 2_000

export function Inbox() {
  const t = useDeveloperText()
  const { language } = useLanguage()
  const [search] = useSearchParams()
  const [to, setTo] = useState(search.get('to') ?? '')
  const address = /^[6-9]\d{9}$/.test(to.trim()) ? `+91${to.trim()}` : to.trim()
  const inbox = useQuery({
    queryKey: ['developer', 'inbox', address],
    queryFn: () => callPublic(readInbox, { querystring: { limit: 50, ...(address ? { to: address } : {}) } }),
    refetchInterval: everyMs,
  })
  const messages = inbox.data?.messages ?? []
  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <Field
        label={t('developer.inbox-to')}
        hint={t('developer.inbox-hint')}
        value={to}
        onChange={({ target }) => setTo(target.value)}
        autoComplete="off"
        spellCheck={false}
      />
      {inbox.isPending && <Skeleton />}
      {inbox.error && <ProblemState error={inbox.error} again={() => void inbox.refetch()} />}
      {inbox.data && messages.length === 0 && <Empty icon="bell" title={t('developer.inbox-empty')} />}
      <ul className="flex flex-col gap-3">
        {messages.map((message) => (
          <li key={message.id}>
            <Card className="flex gap-4">
              <Icon name={message.channel === 'sms' ? 'phone' : 'bell'} className="mt-1 size-6 text-accent" />
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap justify-between gap-x-4 text-sm text-soft">
                  <span>
                    {message.channel === 'sms' ? 'SMS' : t('developer.mail')} → {message.to}
                  </span>
                  <time dateTime={message.at}>{formatMoment(language, message.at)}</time>
                </p>
                {message.subject !== undefined && <p className="font-semibold">{message.subject}</p>}
                <p className="wrap-anywhere whitespace-pre-wrap">{message.text}</p>
              </div>
            </Card>
          </li>
        ))}
      </ul>
    </div>
  )
}
