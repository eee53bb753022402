// Messages: what happened, newest first, day by day; what is new is marked, and each links to its subject.
import type { Message } from '@bahi/contracts/notification.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { MoreOf } from '../../api/paged-list.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { isoDateIndia, formatDay, formatTime } from '@bahi/web-ui/format/dates.ts'
import { groupByDay, messagePath, lookOf } from './message.ts'
import { useNotifications, useMarkRead } from './use-notifications.ts'

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const list = useNotifications()
  const messages = list.data?.pages.flatMap(({ notifications }) => notifications)
  const readBefore = useMarkRead(messages) ?? Number.MAX_SAFE_INTEGER
  const today = isoDateIndia(new Date())
  const yesterday = isoDateIndia(new Date(Date.now() - 86_400_000))
  const nameOf = (day: string, at: string) =>
    day === today ? t('day.today') : day === yesterday ? t('day.yesterday') : formatDay(language, at)
  const newest = messages?.[0]
  return (
    <Page title={t('notifications.title')} back="/">
      <p role="status" className="sr-only">
        {newest && newest.seq > readBefore && `${newest.title}. ${newest.text}`}
      </p>
      {list.isPending && <Skeleton lines={5} />}
      {list.error && !messages && <ProblemState error={list.error} again={() => void list.refetch()} />}
      {messages?.length === 0 && (
        <Empty icon="bell" title={t('notifications.none')}>
          <p className="text-soft">{t('notifications.none-text')}</p>
        </Empty>
      )}
      {messages &&
        groupByDay(messages, isoDateIndia).map(({ day, messages: ofDay }) => (
          <section key={day} aria-labelledby={`day-${day}`}>
            <h2 id={`day-${day}`} className="mb-1 text-sm font-semibold text-soft">
              {nameOf(day, ofDay[0]!.at)}
            </h2>
            <ul className="-mx-3 flex flex-col">
              {ofDay.map((message) => (
                <li key={message.seq}>
                  <MessageRow message={message} isNew={message.seq > readBefore} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      <MoreOf list={list} text={t('notifications.more')} />
    </Page>
  )
}

function MessageRow({ message, isNew }: { message: Message; isNew: boolean }) {
  const t = useText()
  const { language } = useLanguage()
  const { icon, tint } = lookOf(message)
  const to = messagePath(message)
  return (
    <Row
      {...(to === undefined ? {} : { to })}
      left={
        <span className={`grid size-11 shrink-0 place-items-center rounded-full ${tint}`}>
          <Icon name={icon} className="size-5" />
        </span>
      }
      title={
        <span className={isNew ? 'font-bold' : ''}>
          {isNew && (
            <>
              <span
                aria-hidden="true"
                className="mr-2 inline-block size-2 rounded-full bg-accent align-middle"
              />
              <span className="sr-only">{t('notifications.new')} </span>
            </>
          )}
          {message.title}
        </span>
      }
      under={<span className="whitespace-normal">{message.text}</span>}
      right={
        <time dateTime={message.at} className="self-start pt-1 text-sm text-soft">
          {formatTime(language, message.at)}
        </time>
      }
    />
  )
}
