// A person who is named by an id: a link to their page, for who may see something of it. Of another bank only the text.
import { Link } from 'react-router'
import { useMay } from '../session/session.ts'
import { Code } from './table.tsx'

type PersonLinkProps = { userId: string; text?: string } | { userId?: string | undefined; text: string }

export function PersonLink({ userId, text }: PersonLinkProps) {
  const may = useMay()
  if (userId === undefined) return text
  const shown = text ?? <Code>{`…${userId.slice(-12)}`}</Code>
  if (!['people:look-up', 'audit:read', 'roles:read'].some((one) => may(one as 'people:look-up')))
    return shown
  return (
    <Link
      to={`/people/${userId}`}
      title={userId}
      className="inline-flex min-h-11 items-center font-medium text-accent hover:underline"
    >
      {shown}
    </Link>
  )
}
