// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "verify/silence.hpp"

namespace mtasts::verify {
namespace {

TEST(SilentPeerTest, IsGivenUpSoonWhenItNeverAnswers) {
  SilentPeer peer(3, 5);
  peer.note(true);
  peer.note(true);
  EXPECT_FALSE(peer.is_dead());
  peer.note(true);
  EXPECT_TRUE(peer.is_dead());
  peer.note(false);  // to somebody who had asked before
  EXPECT_TRUE(peer.is_dead());
}

TEST(SilentPeerTest, IsGivenUpLateOnceItHasAnswered) {
  SilentPeer peer(3, 5);
  peer.note(false);
  for (int i = 0; i < 4; ++i) peer.note(true);
  EXPECT_FALSE(peer.is_dead());
  peer.note(false);
  for (int i = 0; i < 4; ++i) peer.note(true);
  EXPECT_FALSE(peer.is_dead());
  peer.note(true);
  EXPECT_TRUE(peer.is_dead());
}

TEST(SilentPeersTest, GivesUpEachByItself) {
  SilentPeers peers(2);
  peers.note("192.0.2.1", true);
  peers.note("192.0.2.2", true);
  EXPECT_FALSE(peers.is_dead("192.0.2.1"));
  peers.note("192.0.2.1", true);
  EXPECT_TRUE(peers.is_dead("192.0.2.1"));
  EXPECT_FALSE(peers.is_dead("192.0.2.2"));
}

TEST(SilentPeersTest, AsksForEverWhoHasAnswered) {
  SilentPeers peers(2);
  peers.note("192.0.2.1", false);
  for (int i = 0; i < 10; ++i) peers.note("192.0.2.1", true);
  EXPECT_FALSE(peers.is_dead("192.0.2.1"));
}

TEST(SilentPeersTest, ForgetsWhatIsTooMuch) {
  SilentPeers peers(1);
  for (int i = 0; i < 20'000; ++i) peers.note(std::to_string(i), true);
  int dead = 0;
  for (int i = 0; i < 20'000; ++i) dead += peers.is_dead(std::to_string(i));
  EXPECT_EQ(dead, 10'000);
}

TEST(ClosedPortTest, IsGivenUpAfterSoManyAddresses) {
  ClosedPort port(2);
  EXPECT_FALSE(port.seems_closed());
  port.note("192.0.2.1", true);
  port.note("192.0.2.1", true);
  EXPECT_TRUE(port.seems_closed());
  EXPECT_FALSE(port.is_given_up());
  port.note("192.0.2.2", true);
  EXPECT_TRUE(port.is_given_up());
}

TEST(ClosedPortTest, IsOpenForEverWhenOneHasAnswered) {
  ClosedPort port(2);
  port.note("192.0.2.1", true);
  port.note("192.0.2.2", false);
  port.note("192.0.2.3", true);
  EXPECT_FALSE(port.seems_closed());
  EXPECT_FALSE(port.is_given_up());
}

}  // namespace
}  // namespace mtasts::verify
