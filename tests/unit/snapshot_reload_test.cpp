// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "files/descriptor.hpp"
#include "process/clock.hpp"
#include "snapshot/reload.hpp"
#include "temp_dir.hpp"
#include "test_certificates.hpp"

namespace mtasts::snapshot {
namespace {

constexpr int k_files = 200;  // enough for a load of several milliseconds

std::string file_name(int i) { return fmt::format("d/{:03}.toml", i); }

std::string format_policy(int i, std::string_view mx) {
  return fmt::format(
      "[[policy]]\ndomains = [\"d{0}.example\"]\nmx = [\"{1}.d{0}.example\"]\n"
      "tls_rpt = [\"mailto:x@d{0}.example\"]\n",
      i, mx);
}

/// Replaces the first file as soon as it is opened.
class Mover {
 public:
  explicit Mover(const TempDir& dir)
      : from_(dir.write("next", format_policy(0, "third"))),
        to_(dir.path(file_name(0))),
        inotify_(::inotify_init1(IN_CLOEXEC)),
        opened_(watch(to_, IN_OPEN)),
        moved_(watch(from_, IN_MOVE_SELF)),
        last_(watch(dir.path(file_name(k_files - 1)), IN_OPEN)) {}

  /// Returns when the last file is opened: true if the first was replaced by
  /// then.
  bool move() const {
    bool is_moved = false;
    inotify_event event{};
    while (::read(inotify_.fd(), &event, sizeof event) > 0) {
      std::error_code ignored;
      if (event.wd == opened_) std::filesystem::rename(from_, to_, ignored);
      if (event.wd == moved_) is_moved = true;
      if (event.wd == last_) break;
    }
    return is_moved;
  }

 private:
  int watch(const std::string& path, std::uint32_t events) const {
    return ::inotify_add_watch(inotify_.fd(), path.c_str(), events);
  }

  std::string from_;
  std::string to_;
  files::Descriptor inotify_;
  int opened_;
  int moved_;
  int last_;
};

/// `count` policies in one file.
std::string format_config(int count, std::string_view mx,
                          std::string_view listen = "http://[::1]:0") {
  std::string text = fmt::format("[server]\nlisten = [\"{}\"]\n", listen);
  for (int i = 0; i < count; ++i) text += format_policy(i, mx);
  return text;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// What is served of the configuration in a file.
struct Running {
  explicit Running(const std::string& path, Allowances allowed = k_all_allowed)
      : loader(path),
        first(loader.load({}, nullptr, process::this_second())),
        holder(first.snapshot),
        status(process::this_second()),
        reloader(loader, holder, status, history, first, allowed,
                 process::this_moment) {
    loader.accept(first);
    reloader.run();  // from now on, every edit is heard of
  }

  /// As the thread that reloads does.
  template <class IsOver>
  void run_until(IsOver is_over) {
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + std::chrono::seconds(30);
    while (!is_over() && steady_clock::now() < end) {
      pollfd events{.fd = reloader.fd(), .events = POLLIN, .revents = 0};
      ::poll(&events, 1, static_cast<int>(reloader.wait_time().count()));
      reloader.run();
    }
    EXPECT_TRUE(is_over());
  }

  /// The log of it.
  std::string reload() {
    testing::internal::CaptureStderr();
    reloader.request();
    run_until([this] { return !reloader.is_requested(); });
    return testing::internal::GetCapturedStderr();
  }

  std::string mx_of(const std::string& domain) const {
    return holder.get()->live.find_domain(domain)->policy().mx().at(0).text();
  }

  SnapshotLoader loader;
  LoadedSnapshot first;
  SnapshotHolder holder;
  ReloadStatus status;
  History history{process::this_moment};
  Reloader reloader;
};

class SnapshotReloader : public testing::Test {
 protected:
  std::string write_config(std::string_view text) const {
    return dir_.write("mta-stsd.toml", text);
  }

  TempDir dir_;
};

// What was read before and what was read after it may be halves of two edits.
TEST_F(SnapshotReloader, ReadsAgainWhatWasReplacedDuringTheLoad) {
  const auto write_files = [this](std::string_view mx) {
    for (int i = 0; i < k_files; ++i) {
      dir_.write(file_name(i), format_policy(i, mx));
    }
  };
  const std::string config =
      write_config("include = [\"d/*.toml\"]\n" + format_config(0, ""));
  constexpr int k_attempts = 50;
  for (int i = 0; i < k_attempts; ++i) {
    write_files("first");
    Running running(config);
    write_files("second");
    const Mover mover(dir_);
    bool was_in_time = false;
    std::thread thread([&] { was_in_time = mover.move(); });
    running.reload();
    thread.join();
    if (!was_in_time) continue;
    EXPECT_EQ(running.holder.generation(), 1U);
    EXPECT_EQ(running.mx_of("d0.example"), "third.d0.example");
    return;
  }
  FAIL() << "no load took long enough for a file to be replaced";
}

TEST_F(SnapshotReloader, SeesAnEditBetweenTheLoadAndTheWatch) {
  SnapshotLoader loader(write_config(format_config(1, "first")));
  const LoadedSnapshot first = loader.load({}, nullptr, process::this_second());
  SnapshotHolder holder(first.snapshot);
  ReloadStatus status(process::this_second());
  History history(process::this_moment);
  Reloader reloader(loader, holder, status, history, first, k_all_allowed,
                    process::this_moment);
  loader.accept(first);
  write_config(format_config(1, "second"));  // nothing is watched yet
  EXPECT_EQ(reloader.wait_time().count(), 0);
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::seconds(10);
  while (holder.generation() == 0 && steady_clock::now() < end) {
    pollfd events{.fd = reloader.fd(), .events = POLLIN, .revents = 0};
    ::poll(&events, 1, static_cast<int>(reloader.wait_time().count()));
    reloader.run();
  }
  EXPECT_EQ(holder.generation(), 1U);
}

TEST_F(SnapshotReloader, FreesWhatItReplacedSoonAfterItsLastReader) {
  Running running(write_config(format_config(1, "first")));
  running.first = {};
  std::shared_ptr<const Snapshot> reads = running.holder.get();
  const std::weak_ptr<const Snapshot> replaced = reads;
  write_config(format_config(1, "second"));
  running.reload();
  ASSERT_EQ(running.mx_of("d0.example"), "second.d0.example");
  running.reloader.run();
  EXPECT_FALSE(replaced.expired());
  EXPECT_LE(running.reloader.wait_time(), std::chrono::seconds(2));
  reads.reset();
  running.reloader.run();
  EXPECT_TRUE(replaced.expired());
}

TEST_F(SnapshotReloader, RemembersAFailureOnceUntilItIsMended) {
  const std::string good = format_config(1, "first");
  const std::string bad = format_config(1, "@");
  Running running(write_config(good));
  const auto history = [&](const std::string& config) {
    write_config(config);
    running.reload();
    EXPECT_FALSE(running.reloader.is_requested());
    std::string all;
    for (const ReloadEvent& one : running.status.view().history) {
      all += one.applied ? 'a' : 'f';
    }
    return all;
  };
  EXPECT_EQ(history(bad), "f");
  EXPECT_EQ(history(bad), "f");
  EXPECT_EQ(history(good), "af");
  EXPECT_EQ(history(bad), "faf");
}

TEST_F(SnapshotReloader, LogsTwentyFindingsAndHowManyMoreThereAre) {
  Running running(write_config(format_config(21, "first")));
  write_config(format_config(20, "@"));
  std::string log = running.reload();
  EXPECT_EQ(count_of(log, "event=finding"), 20U) << log;
  EXPECT_EQ(count_of(log, "event=more-findings"), 0U) << log;
  EXPECT_TRUE(
      log.ends_with("level=error event=reload result=failed errors=20 "
                    "serving=\"the last good policies\"\n"))
      << log;
  write_config(format_config(21, "@@"));
  log = running.reload();
  EXPECT_EQ(count_of(log, "event=finding"), 20U) << log;
  EXPECT_EQ(count_of(log, "event=more-findings count=1 "), 1U) << log;
}

TEST_F(SnapshotReloader, LogsTwentyDomainsThatAreGoneAndTheirNumber) {
  // So many at once are a fault otherwise.
  const auto write = [this](int count) {
    std::string text = format_config(count, "first");
    text.insert(text.find('\n') + 1, "guard = \"off\"\n");
    return write_config(text);
  };
  Running running(write(42));
  write(22);
  std::string log = running.reload();
  EXPECT_EQ(count_of(log, "event=policy-removed"), 20U) << log;
  EXPECT_EQ(count_of(log, "domains=22 changed=0 removed=20\n"), 1U) << log;
  write(1);
  log = running.reload();
  EXPECT_EQ(count_of(log, "event=policy-removed"), 20U) << log;
  EXPECT_EQ(count_of(log, "domains=1 changed=0 removed=21\n"), 1U) << log;
}

TEST_F(SnapshotReloader, SaysOnceThatARestartIsNeeded) {
  constexpr std::string_view k_other = "http://[::1]:8080";
  constexpr const char* k_line = "event=restart-needed key=server.listen\n";
  Running running(write_config(format_config(1, "first")));
  write_config(format_config(1, "first", k_other));
  EXPECT_EQ(count_of(running.reload(), k_line), 1U);
  EXPECT_EQ(count_of(running.reload(), k_line), 0U);
  write_config(format_config(1, "first"));  // taken back
  EXPECT_EQ(count_of(running.reload(), k_line), 0U);
  write_config(format_config(1, "first", k_other));
  EXPECT_EQ(count_of(running.reload(), k_line), 1U);
}

// As the start does.
TEST_F(SnapshotReloader, RefusesPlaceholdersOnAPublicListener) {
  constexpr std::string_view k_public = "http://192.0.2.1:80";
  Running running(write_config(format_config(0, "", k_public) +
                               "[[policy]]\ndomains = [\"ietf.org\"]\n"
                               "mx = [\"mail.ietf.org\"]\n"
                               "tls_rpt = [\"mailto:x@ietf.org\"]\n"),
                  {});
  write_config(format_config(1, "first", k_public));
  running.reload();
  EXPECT_EQ(running.holder.generation(), 0U);
  ASSERT_EQ(running.status.view().faults.size(), 1U);
  EXPECT_EQ(running.status.view().faults[0].id, "policy.placeholder");
}

TEST(SnapshotLogCertificates, LogsTwentyAndHowManyMoreThereAre) {
  const auto log = [](std::size_t count) {
    const tls::CertificatePtr one =
        make_certificate(make_pair("DNS:a.example"));
    testing::internal::CaptureStderr();
    log_certificates(std::vector<tls::CertificatePtr>(count, one),
                     process::this_second());
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(count_of(log(20), "event=certificate names=a.example "), 20U);
  EXPECT_EQ(count_of(log(20), "event=more-certificates"), 0U);
  EXPECT_EQ(count_of(log(21), "event=certificate names=a.example "), 20U);
  EXPECT_EQ(count_of(log(21), "event=more-certificates count=1\n"), 1U);
}

}  // namespace
}  // namespace mtasts::snapshot
