import t from 'tap'
import { createFollowers } from '../../src/controllers/followers.ts'

const follower = (identity: string, ...holds: readonly string[]) => ({ identity, url: `https://${identity}:1`, ready: true, holds })

void t.test('whether all hold a certificate is what each of those that were heard of lately has said last', t => {
  let now = 0
  const followers = createFollowers(() => now)
  t.ok(followers.allHold('x'), 'there is nobody')
  followers.heard(follower('a', 'x'))
  followers.heard(follower('b', 'y', 'x'))
  t.ok(followers.allHold('x'))
  t.notOk(followers.allHold('y'))
  followers.heard({ identity: 'c', url: 'https://c:1', ready: false })
  t.notOk(followers.allHold('x'), 'one of an earlier version says nothing')
  now = 7001
  followers.heard(follower('b', 'y'))
  t.ok(followers.allHold('y'), 'who has gone is not asked')
  t.notOk(followers.allHold('x'))
  t.end()
})
