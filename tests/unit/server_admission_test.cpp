// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "server/admission.hpp"

namespace mtasts::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ClientKey k_a = ClientKey{0xFF} << 56 | 1;
constexpr ClientKey k_b = ClientKey{0xFF} << 56 | 2;
constexpr ClientKey k_c = ClientKey{0xFF} << 56 | 3;
constexpr ClientKey k_subnet = 0x2001'0db8'0001'0000;

class AdmissionTest : public testing::Test {
 protected:
  void open(const Admission::Limits& limits, std::size_t loops = 1) {
    all_.emplace(limits);
    for (std::size_t i = 0; i < loops; ++i) {
      all_->join([this, i] { woken_.insert(i); });
    }
  }

  Admission::Ticket* admit(std::optional<ClientKey> client,
                           std::size_t loop = 0) {
    now_ += milliseconds(1);
    Admission::Ticket* ticket = all_->admit(loop, client, now_, refused_);
    if (ticket != nullptr) {
      ticket->client = reinterpret_cast<Client*>(ticket);  // its name
    }
    return ticket;
  }

  void update(Admission::Ticket* ticket, const Activity& activity) {
    now_ += milliseconds(1);
    all_->update(*ticket, activity, now_);
  }

  /// Who has to end in `loop`; they do.
  std::vector<Admission::Ticket*> evicted(std::size_t loop = 0) {
    std::vector<Admission::Ticket*> tickets;
    for (Client* one : all_->receive(loop).evicted) {
      tickets.push_back(reinterpret_cast<Admission::Ticket*>(one));
    }
    for (Admission::Ticket* one : tickets) all_->release(*one);
    return tickets;
  }

  using Tickets = std::vector<Admission::Ticket*>;

  std::optional<Admission> all_;
  std::set<std::size_t> woken_;
  Admission::Time now_{seconds(1000)};
  End refused_ = End::failed;
};

TEST_F(AdmissionTest, EndsTheOldestWhereAllHoldAsMuch) {
  open({.connections = 3});
  Admission::Ticket* first = admit(k_a);
  admit(k_b);
  admit(k_c);
  EXPECT_TRUE(evicted().empty());
  EXPECT_NE(admit(k_subnet), nullptr);
  EXPECT_EQ(evicted(), Tickets{first});
}

TEST_F(AdmissionTest, EndsOneOfTheAddressThatHoldsMost) {
  open({.connections = 4});
  admit(k_a);
  Admission::Ticket* first_of_b = admit(k_b);
  admit(k_b);
  admit(k_c);
  admit(k_c + 1);
  EXPECT_EQ(evicted(), Tickets{first_of_b});
}

TEST_F(AdmissionTest, EndsFirstWhoDoesNotGetFurther) {
  open({.connections = 3});
  Admission::Ticket* stalled = admit(k_a);
  now_ += seconds(1);
  admit(k_b);
  admit(k_b);
  admit(k_c);
  EXPECT_EQ(evicted(), Tickets{stalled});
}

TEST_F(AdmissionTest, KnowsAStalledOneByItsAddressToo) {
  open({.connections = 3});
  admit(k_a);
  Admission::Ticket* first_of_b = admit(k_b);
  admit(k_b);
  now_ += seconds(1);
  admit(k_c);
  EXPECT_EQ(evicted(), Tickets{first_of_b});
}

TEST_F(AdmissionTest, SparesWhoGetsFurther) {
  open({.connections = 2});
  Admission::Ticket* older = admit(k_a);
  Admission::Ticket* newer = admit(k_b);
  update(older, {.progress = 1});
  admit(k_c);
  EXPECT_EQ(evicted(), Tickets{newer});
}

TEST_F(AdmissionTest, EndsALingeringOneBeforeAll) {
  open({.connections = 2});
  admit(k_a);
  now_ += seconds(5);
  Admission::Ticket* lingering = admit(k_b);
  update(lingering, {.is_lingering = true, .progress = 1});
  admit(k_c);
  EXPECT_EQ(evicted(), Tickets{lingering});
}

TEST_F(AdmissionTest, SparesWhoIsBeingAnswered) {
  open({.connections = 2});
  Admission::Ticket* answered = admit(k_a);
  update(answered, {.is_writing = true, .progress = 1});
  Admission::Ticket* waiting = admit(k_a);
  admit(k_a);
  EXPECT_EQ(evicted(), Tickets{waiting});
}

TEST_F(AdmissionTest, EndsNobodyWhoIsAnsweredForOneOfTheSameAddress) {
  open({.connections = 1});
  update(admit(k_a), {.is_writing = true, .progress = 1});
  EXPECT_EQ(admit(k_a), nullptr);
  EXPECT_EQ(refused_, End::evicted);
  EXPECT_NE(admit(k_b), nullptr);
}

TEST_F(AdmissionTest, EndsWhoTakesNoAnswerForASecond) {
  open({.connections = 1});
  Admission::Ticket* deaf = admit(k_a);
  update(deaf, {.is_writing = true, .progress = 1});
  now_ += seconds(1);
  EXPECT_NE(admit(k_a), nullptr);
  EXPECT_EQ(evicted(), Tickets{deaf});
}

TEST_F(AdmissionTest, EndsTheOldestHandshakeBeyondTheLimit) {
  open({.connections = 9, .handshakes = 2});
  Admission::Ticket* first = admit(k_a);
  Admission::Ticket* done = admit(k_a);
  update(first, {.is_handshaking = true, .progress = 1});
  update(done, {.is_handshaking = true, .progress = 1});
  update(done, {.progress = 2});
  update(admit(k_b), {.is_handshaking = true, .progress = 1});
  EXPECT_TRUE(evicted().empty());
  update(admit(k_b), {.is_handshaking = true, .progress = 1});
  EXPECT_EQ(evicted(), Tickets{first});
}

TEST_F(AdmissionTest, TellsTheLoopInWhichItLives) {
  open({.connections = 1}, 2);
  Admission::Ticket* first = admit(k_a, 1);
  EXPECT_NE(admit(k_b, 0), nullptr);
  EXPECT_EQ(woken_, std::set<std::size_t>{1});
  EXPECT_FALSE(all_->has_messages(0));
  EXPECT_TRUE(all_->has_messages(1));
  EXPECT_EQ(evicted(1), Tickets{first});
}

TEST_F(AdmissionTest, IsBusyWhileManyHaveYetToEnd) {
  open({.connections = 16}, 2);
  for (int i = 0; i < 32; ++i) admit(k_a, i < 16 ? 1 : 0);
  EXPECT_TRUE(all_->is_busy());
  EXPECT_EQ(evicted(1).size(), 16U);
  EXPECT_FALSE(all_->is_busy());
}

TEST_F(AdmissionTest, CountsASiteOfManySubnetsAsOne) {
  open({.connections = 3});
  admit(k_a);
  Admission::Ticket* first = admit(k_subnet);
  admit(k_subnet + 1);
  admit(k_b);
  EXPECT_EQ(evicted(), Tickets{first});
}

TEST_F(AdmissionTest, KeepsTheShareOfAnAddress) {
  open({.connections = 9, .per_address = 1});
  Admission::Ticket* held = admit(k_a);
  EXPECT_EQ(admit(k_a), nullptr);
  EXPECT_EQ(refused_, End::address_limit);
  EXPECT_NE(admit(k_b), nullptr);
  all_->release(*held);
  EXPECT_NE(admit(k_a), nullptr);
}

TEST_F(AdmissionTest, KeepsTheRateOfAnAddress) {
  open({.connections = 9, .per_address = 9});
  for (int i = 0; i < 5000 && refused_ == End::failed; ++i) {
    Admission::Ticket* one = admit(k_a);
    if (one != nullptr) all_->release(*one);
  }
  EXPECT_EQ(refused_, End::address_rate);
  EXPECT_NE(admit(k_b), nullptr);
}

TEST_F(AdmissionTest, HandsOverToTheLoopThatHasFewest) {
  open({.connections = 99}, 3);
  const Admission::Arrival arrival{
      .fd = -1, .scheme = net::Scheme::http, .address = k_a};
  for (int i = 0; i < 8; ++i) admit(k_a, 0);
  admit(k_a, 1);
  EXPECT_TRUE(all_->hand_over(0, arrival));
  EXPECT_EQ(woken_, std::set<std::size_t>{2});
  EXPECT_EQ(all_->receive(2).arrivals.size(), 1U);
  EXPECT_FALSE(all_->hand_over(1, arrival));
  all_->close(1);
  all_->close(2);
  EXPECT_FALSE(all_->hand_over(0, arrival));
}

}  // namespace
}  // namespace mtasts::server
