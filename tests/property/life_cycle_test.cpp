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

/// How a sender uses what it has cached.
enum class Model {
  obedient,      // until max_age is over, or the record has another id
  ignores_id,    // until max_age is over
  waits_for_id,  // until the record has another id
};
constexpr Model k_models[] = {Model::obedient, Model::ignores_id,
                              Model::waits_for_id};

/// A domain with its policy host, records and their caches.
class World {
 public:
  World(seconds txt_ttl, seconds mx_ttl) : txt_ttl_(txt_ttl), mx_ttl_(mx_ttl) {}

  void serve(sys_seconds time, const Policy& policy) {
    note(time, HistoryLine::Event::end);
    policies_.set(time, policy);
    note(time, HistoryLine::Event::serve);
    is_served_ = true;
  }
  void publish(sys_seconds time, std::string id) {
    ids_.set(time, std::move(id));
  }
  void move(sys_seconds time, Names mx) { mx_.set(time, std::move(mx)); }
  void take_down() { is_served_ = false; }

  const Past& past() const { return past_; }
  const Policy& policy() const { return policies_.now(); }
  const Names& mx() const { return mx_.now(); }

  Sight look() const {
    Sight sight{.policy = std::nullopt,
                .id = ids_.now(),
                .txt_ttl = txt_ttl_,
                .mx = mx_.now(),
                .mx_ttl = mx_ttl_,
                .are_targets_good = true,
                .record_since = ids_.since(),
                .mx_since = mx_.since()};
    if (is_served_) sight.policy = policies_.now();
    sight.has_no_policy = !is_served_;
    return sight;
  }

  /// Whether a sender can hold a policy at `time` that `is_one`.
  template <class IsOne>
  bool can_hold(Model model, sys_seconds time, IsOne is_one) const {
    // The record as a resolver has it.
    const auto can_see = [&](const std::string& id) {
      return ids_.any(time, txt_ttl_,
                      [&](const std::string& seen) { return seen == id; });
    };
    return policies_.any_ever(time, [&](const auto& span) {
      if (!is_one(span.value)) return false;
      const bool is_fresh =
          !span.end || *span.end + span.value.max_age() > time;
      return (model == Model::waits_for_id || is_fresh) &&
             (model == Model::ignores_id || can_see(id_of(span.value)));
    });
  }

  /// Whether a sender refuses to deliver at `time`.
  bool can_refuse(Model model, sys_seconds time) const {
    return mx_.any(time, mx_ttl_, [&](const Names& hosts) {
      return std::ranges::any_of(hosts, [&](const dns::Name& host) {
        return can_hold(model, time, [&](const Policy& policy) {
          return policy.mode() == Mode::enforce &&
                 std::ranges::none_of(policy.mx(), [&](const auto& mx) {
                   return mx.matches(host);
                 });
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
  void note(sys_seconds time, HistoryLine::Event event) {
    if (!is_served_ && event == HistoryLine::Event::end) return;
    past_.add({.time = time,
               .event = event,
               .domain = "example.com",
               .id = id_of(policies_.now()),
               .policy = policies_.now()});
  }

  seconds txt_ttl_, mx_ttl_;
  bool is_served_ = false;
  Past past_;
  Timeline<Policy> policies_;
  Timeline<std::string> ids_;
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
                                 admit_both(in.policy(), targets), max_age));
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
        act(hasty, *step->from - seconds(1));
        const bool is_refused = hasty.can_refuse(*step->from - seconds(1));
        // Mode testing refuses nothing, and what is the same everywhere
        // neither.
        tight += is_refused ? 1 : 0;
        const bool is_needed = step->id == k_move_mx
                                   ? world.past().refused_until(
                                         targets.front(), now_) == step->from &&
                                         world.policy().mode() == Mode::enforce
                                   : false;
        if (is_needed) {
          ASSERT_TRUE(is_refused);
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
  EXPECT_GT(tight, k_rounds / 4);
}

TEST_F(LifeCycleProperty, NobodyHoldsAPolicyThatIsRemoved) {
  for (int round = 0; round < k_rounds; ++round) {
    World world = any_world();
    for (int count = 0;; ++count) {
      ASSERT_LT(count, 6);
      const auto steps = plan_retirement(world.look(), world.past(), now_);
      const Step* step = find_next(steps);
      if (step == nullptr) break;
      if (step->state == StepState::waiting) {
        if (step->id == k_remove_record) {
          ASSERT_TRUE(world.is_held(*step->from - seconds(1)));
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
}

}  // namespace
}  // namespace mtasts::sts
