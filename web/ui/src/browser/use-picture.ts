// A picture that was fetched: what holds it in memory is let go once it is not shown any more.
import { useEffect, useState } from 'react'

export function usePicture() {
  const [url, setUrl] = useState<string>()
  useEffect(() => () => (url === undefined ? undefined : URL.revokeObjectURL(url)), [url])
  return {
    /** Undefined while none is shown. */
    url,
    show: (picture: Blob) => setUrl(URL.createObjectURL(picture)),
    hide: () => setUrl(undefined),
  }
}
