// SPDX-License-Identifier: MIT
// Plans are carried out to the second against senders at their worst: nobody
// refuses mail, no cached policy is stranded, and one second earlier one would.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "random.hpp"
#include "sts/migration.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "sts/retirement.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

using Names = std::vector<dns::Name>;

/// What somebody could see from one moment to the next.
template <class Value>
class Timeline {
 public:
  void set(sys_seconds time, Value value) {
    if (!spans_.empty()) spans_.back().end = time;
    spans_.push_back({time, std::nullopt, std::move(value)});
  }
  const Value& now() const { return spans_.back().value; }
  /// What was there before; the same where that is all.
  const Value& before() const {
    return spans_[spans_.size() < 2 ? 0 : spans_.size() - 2].value;
  }
  sys_seconds since() const { return spans_.back().begin; }

  /// Whether who has asked up to `time`, and kept the answer for `kept`, can
  /// have a value there that `is_one`.
  template <class IsOne>
  bool any(sys_seconds time, seconds kept, IsOne is_one) const {
    return std::ranges::any_of(spans_, [&](const Span& span) {
      return span.begin <= time && (!span.end || *span.end + kept > time) &&
             is_one(span.value);
    });
  }
  template <class IsOne>
  bool any_ever(sys_seconds time, IsOne is_one) const {
    return std::ranges::any_of(spans_, [&](const Span& span) {
      return span.begin <= time && is_one(span);
    });
  }

  struct Span {
    sys_seconds begin;
    std::optional<sys_seconds> end;
    Value value;
  };

 private:
  std::vector<Span> spans_;
};

std::string id_of(const Policy& policy) {
  return policy_id(format_policy(policy));
}

bool admits(const Policy& policy, const dns::Name& host) {
  return std::ranges::any_of(
      policy.mx(), [&](const MxPattern& mx) { return mx.matches(host); });
}

/// How a sender uses what it has cached: tests/verify/real_sender_test.py holds
/// the last to postfix-mta-sts-resolver, whose worst it is.
enum class Model {
  obedient,    // until max_age is over, or the record has another id
  ignores_id,  // until max_age is over
  // Looks at the record each minute. Under the same id it fetches nothing, and
  // max_age begins again; without a record it goes on until that is over.
  confirms_id,
};
constexpr Model k_models[] = {Model::obedient, Model::ignores_id,
                              Model::confirms_id};
constexpr seconds k_minute{60};

/// A domain with its policy host, records and their caches.
class World {
 public:
  World(seconds txt_ttl, seconds mx_ttl) : txt_ttl_(txt_ttl), mx_ttl_(mx_ttl) {}

  void serve(sys_seconds time, const Policy& policy) {
    note(time, HistoryLine::Event::end);
    policies_.set(time, {policy, id_of(policy)});
    note(time, HistoryLine::Event::serve);
    is_served_ = true;
  }
  void publish(sys_seconds time, std::string id) {
    ids_.set(time, std::move(id));
    published_.set(time, policy());
  }
  void move(sys_seconds time, Names mx) { mx_.set(time, std::move(mx)); }
  void take_down() { is_served_ = false; }

  const Past& past() const { return past_; }
  const Policy& policy() const { return policies_.now().policy; }
  const Names& mx() const { return mx_.now(); }
  const Names& mx_before() const { return mx_.before(); }
  /// The policy whose id was in the record before that which is there now.
  const Policy& published_before() const { return published_.before(); }

  Sight look() const {
    Sight sight{.policy = std::nullopt,
                .id = ids_.now(),
                .txt_ttl = txt_ttl_,
                .mx = mx_.now(),
                .mx_ttl = mx_ttl_,
                .are_targets_good = true,
                .record_since = ids_.since(),
                .mx_since = mx_.since()};
    if (is_served_) sight.policy = policy();
    sight.has_no_policy = !is_served_;
    return sight;
  }

  /// Whether a sender can hold a policy at `time` that `is_one`.
  template <class IsOne>
  bool can_hold(Model model, sys_seconds time, IsOne is_one) const {
    return policies_.any_ever(time, [&](const auto& span) {
      const auto& [policy, id] = span.value;
      if (!is_one(policy)) return false;
      if (model == Model::confirms_id) {
        return can_see(id, time, k_minute) ||
               (can_see("", time) && can_see(id, time, policy.max_age()));
      }
      const bool is_fresh = !span.end || *span.end + policy.max_age() > time;
      return is_fresh && (model == Model::ignores_id || can_see(id, time) ||
                          can_see("", time));
    });
  }

  /// Whether a sender refuses to deliver at `time`.
  bool can_refuse(Model model, sys_seconds time) const {
    return mx_.any(time, mx_ttl_, [&](const Names& hosts) {
      return std::ranges::any_of(hosts, [&](const dns::Name& host) {
        return can_hold(model, time, [&](const Policy& policy) {
          return policy.mode() == Mode::enforce && !admits(policy, host);
        });
      });
    });
  }
  bool can_refuse(sys_seconds time) const {
    return std::ranges::any_of(
        k_models, [&](Model model) { return can_refuse(model, time); });
  }

  /// Whether somebody may hold a policy that asks something of it.
  bool is_held(sys_seconds time) const {
    return std::ranges::any_of(k_models, [&](Model model) {
      return can_hold(model, time, [](const Policy& policy) {
        return policy.mode() != Mode::none;
      });
    });
  }

 private:
  struct Body {
    Policy policy;
    std::string id;
  };

  /// In the record as a resolver has it, or had it `before` that.
  bool can_see(const std::string& id, sys_seconds time,
               seconds before = seconds(0)) const {
    return ids_.any(time, txt_ttl_ + before,
                    [&](const std::string& seen) { return seen == id; });
  }

  void note(sys_seconds time, HistoryLine::Event event) {
    if (!is_served_ && event == HistoryLine::Event::end) return;
    past_.add({.time = time,
               .event = event,
               .domain = "example.com",
               .id = policies_.now().id,
               .policy = policy()});
  }

  seconds txt_ttl_, mx_ttl_;
  bool is_served_ = false;
  Past past_;
  Timeline<Body> policies_;
  Timeline<std::string> ids_;
  Timeline<Policy> published_;
  Timeline<Names> mx_;
};

class LifeCycleProperty : public testing::Test {
 protected:
  static constexpr int k_rounds = 10'000;

  seconds any_seconds(seconds most) {
    return seconds(random_.below(static_cast<std::size_t>(most.count()) + 1));
  }
  /// 0, a second, or anything up to `most`.
  seconds any_period(seconds most) {
    switch (random_.below(4)) {
      case 0:
        return seconds(random_.below(2));
      case 1:
        return most;
      default:
        return any_seconds(most);
    }
  }

  Names any_hosts() {
    Names hosts;
    for (std::size_t i = 0; i <= random_.below(3); ++i) {
      hosts.push_back(*dns::Name::parse(
          std::string(1, static_cast<char>('a' + random_.below(6))) +
          ".example"));
    }
    std::ranges::sort(hosts);
    const auto rest = std::ranges::unique(hosts);
    hosts.erase(rest.begin(), rest.end());
    return hosts;
  }

  Policy any_policy(Mode mode, const Names& hosts) {
    std::vector<MxPattern> mx;
    for (const dns::Name& host : hosts) {
      mx.push_back(*MxPattern::parse(host.text()));
    }
    if (random_.once_in(5)) mx.push_back(*MxPattern::parse("*.example"));
    if (random_.once_in(3)) mx.push_back(*MxPattern::parse("z.example"));
    return *Policy::make(mode, mx, any_period(std::chrono::days(28)));
  }

  /// Policies that came and went before, each with its record after it; all of
  /// them admit the hosts of the MX record.
  World any_world() {
    World world(any_period(std::chrono::days(1)),
                any_period(std::chrono::days(1)));
    const Names hosts = any_hosts();
    now_ = sys_seconds(std::chrono::days(20'000));
    world.move(now_, hosts);
    const std::size_t edits = 1 + random_.below(4);
    for (std::size_t i = 0; i < edits; ++i) {
      const Mode mode = random_.once_in(3) ? Mode::testing : Mode::enforce;
      const Policy policy = any_policy(mode, hosts);
      world.serve(now_, policy);
      now_ += any_period(std::chrono::hours(1));
      world.publish(now_, id_of(policy));
      now_ += any_period(std::chrono::days(10));
    }
    return world;
  }

  /// Whether somebody refuses mail when a step is done a second before its
  /// time. Nobody does in mode testing, or where all policies admit all hosts.
  bool is_needed(const World& world, const Names& targets, const Step& step) {
    if (world.policy().mode() != Mode::enforce) return false;
    if (step.id == k_drop_old) {
      return std::ranges::any_of(world.mx_before(), [&](const dns::Name& host) {
        return std::ranges::find(targets, host) == targets.end();
      });
    }
    const auto is_refused = [&](const dns::Name& host) {
      const Policy& last = world.published_before();
      return refused_until(world.past(), host, now_) == step.from ||
             (world.look().record_since.value() + world.look().txt_ttl +
                      k_minute ==
                  step.from &&
              last.mode() == Mode::enforce && !admits(last, host));
    };
    return std::ranges::any_of(targets, is_refused);
  }

  static const Step* find_next(const std::vector<Step>& steps) {
    const auto next = std::ranges::find_if(
        steps, [](const Step& step) { return step.state != StepState::done; });
    return next == steps.end() ? nullptr : &*next;
  }

  Random random_;
  sys_seconds now_;
};

TEST_F(LifeCycleProperty, NobodyRefusesMailDuringAMigration) {
  int tight = 0;
  int needed = 0;
  for (int round = 0; round < k_rounds; ++round) {
    World world = any_world();
    const Names targets = any_hosts();
    const seconds max_age = world.policy().max_age();
    for (int count = 0;; ++count) {
      ASSERT_LT(count, 10);
      const auto steps =
          plan_migration(world.look(), world.past(), targets, now_);
      const Step* step = find_next(steps);
      if (step == nullptr) break;
      const auto act = [&](World& in, sys_seconds time) {
        if (step->id == k_admit_both) {
          in.serve(time,
                   *Policy::make(in.policy().mode(),
                                 admit_both(in.policy(), in.look(), targets),
                                 max_age));
        } else if (step->id == k_move_mx) {
          in.move(time, targets);
        } else if (step->id == k_drop_old) {
          std::vector<MxPattern> mx;
          for (const dns::Name& host : targets) {
            mx.push_back(*MxPattern::parse(host.text()));
          }
          in.serve(time, *Policy::make(in.policy().mode(), mx, max_age));
        } else {
          ASSERT_TRUE(step->id == k_publish_both || step->id == k_publish_new)
              << step->id;
          in.publish(time, id_of(in.policy()));
        }
      };
      if (step->state == StepState::waiting) {
        World hasty = world;
        const sys_seconds before = *step->from - seconds(1);
        act(hasty, before);
        const bool is_refused = hasty.can_refuse(before);
        tight += is_refused ? 1 : 0;
        if (is_needed(world, targets, *step)) {
          ASSERT_TRUE(is_refused) << step->id;
          ++needed;
        }
        now_ = *step->from;
      } else {
        ASSERT_EQ(step->state, StepState::due) << step->id;
      }
      act(world, now_);
      ASSERT_FALSE(world.can_refuse(now_)) << step->id;
      now_ += any_period(std::chrono::hours(2));
      ASSERT_FALSE(world.can_refuse(now_)) << step->id;
    }
    for (int later = 0; later < 5; ++later) {
      now_ += any_period(std::chrono::days(10));
      ASSERT_FALSE(world.can_refuse(now_));
    }
  }
  // The dates are no later than they have to be.
  EXPECT_GT(needed, k_rounds / 2);
  EXPECT_GE(tight, needed);
}

TEST_F(LifeCycleProperty, NobodyHoldsAPolicyThatIsRemoved) {
  int needed = 0;
  for (int round = 0; round < k_rounds; ++round) {
    World world = any_world();
    const Policy last = world.policy();
    for (int count = 0;; ++count) {
      ASSERT_LT(count, 6);
      const auto steps = plan_retirement(world.look(), world.past(), now_);
      const Step* step = find_next(steps);
      if (step == nullptr) break;
      if (step->state == StepState::waiting) {
        if (step->id == k_remove_record) {
          World hasty = world;
          hasty.publish(*step->from - seconds(1), "");
          const bool is_held = hasty.is_held(*step->from - seconds(1));
          // Of earlier policies it is not known when their record went.
          const sys_seconds forgotten = world.look().record_since.value() +
                                        world.look().txt_ttl +
                                        std::max(k_minute, last.max_age());
          if (*step->from == forgotten) {
            ASSERT_TRUE(is_held);
            ++needed;
          }
        }
        now_ = *step->from;
      }
      if (step->id == k_serve_none) {
        world.serve(now_, *Policy::make(Mode::none, {}, seconds(86400)));
      } else if (step->id == k_publish_none) {
        world.publish(now_, id_of(world.policy()));
      } else if (step->id == k_remove_record) {
        ASSERT_FALSE(world.is_held(now_));
        world.publish(now_, "");
      } else {
        ASSERT_EQ(step->id, k_remove_host);
        ASSERT_FALSE(world.is_held(now_));
        world.take_down();
      }
      now_ += any_period(std::chrono::hours(2));
    }
  }
  EXPECT_GT(needed, k_rounds / 2);
}

}  // namespace
}  // namespace mtasts::sts
