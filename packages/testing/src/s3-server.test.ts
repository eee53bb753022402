// The stand-in for S3 computes signatures as AWS does.
import { expect, it } from 'vitest'
import { signatureOf } from './s3-server.ts'

/** The example "GET object" of AWS's documentation of Signature Version 4. */
it('gives the signature of the documented example', () => {
  const headers = {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-amz-date': '20130524T000000Z',
  }
  const request = {
    method: 'GET',
    url: '/test.txt',
    headers,
    signed: Object.keys(headers),
    region: 'us-east-1',
  }
  expect(signatureOf(request, { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' })).toBe(
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  )
})
