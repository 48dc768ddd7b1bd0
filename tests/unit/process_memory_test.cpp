// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "process/memory.hpp"
#include "temp_dir.hpp"

namespace mtasts::process {
namespace {

constexpr std::uint64_t k_mib = 1 << 20;
constexpr std::uint64_t k_unknown = std::numeric_limits<std::uint64_t>::max();

class ProcessMemory : public testing::Test {
 protected:
  void write(const char* name, const char* content) {
    dir_.write(name, content);
  }
  std::uint64_t limit() const {
    return measure_memory_limit(
        dir_.path("").substr(0, dir_.path("").size() - 1));
  }

  TempDir dir_;
};

TEST_F(ProcessMemory, KnowsNothingWithoutProc) {
  EXPECT_EQ(limit(), k_unknown);
  EXPECT_EQ(measure_memory_use(dir_.path("none")), 0U);
}

TEST_F(ProcessMemory, IsWhatIsAvailableAndOurs) {
  write("proc/meminfo",
        "MemTotal:        2048000 kB\nMemAvailable:    1024000 kB\n");
  write("proc/self/status", "Name:\tmta-stsd\nVmRSS:\t   1000 kB\n");
  EXPECT_EQ(limit(), 1025000U * 1024);
}

TEST_F(ProcessMemory, TakesTheLeastOfVersion2) {
  write("proc/meminfo", "MemAvailable:    1024000 kB\n");
  write("proc/self/cgroup", "0::/system.slice/mta-stsd.service\n");
  write("sys/fs/cgroup/system.slice/mta-stsd.service/memory.max", "max\n");
  EXPECT_EQ(limit(), 1000 * k_mib);
  write("sys/fs/cgroup/system.slice/memory.max", "268435456\n");
  EXPECT_EQ(limit(), 256 * k_mib);
  write("sys/fs/cgroup/system.slice/mta-stsd.service/memory.high",
        "134217728\n");
  EXPECT_EQ(limit(), 128 * k_mib);
}

TEST_F(ProcessMemory, FindsTheRootOfAContainer) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/memory.max", "67108864\n");
  EXPECT_EQ(limit(), 64 * k_mib);
}

TEST_F(ProcessMemory, TakesTheLeastOfVersion1) {
  write("proc/self/cgroup",
        "9:name=systemd:/x\n5:cpu,cpuacct:/docker/1\n4:memory:/docker/1\n"
        "0::/\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "134217728\n");
  write("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(limit(), 64 * k_mib);
}

// Without a name space of its own for control groups.
TEST_F(ProcessMemory, FindsVersion1WhereThePathIsNotMounted) {
  write("proc/self/cgroup", "4:cpu,memory:/kubepods/pod1/c2\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(limit(), 64 * k_mib);
}

TEST_F(ProcessMemory, SkipsWhatItDoesNotUnderstand) {
  write("proc/meminfo", "MemAvailable:\nMemAvailable: many kB\n");
  write("proc/self/cgroup", "\n::\n0\n0:\n0::\n4:memory:\n0::x\n");
  write("sys/fs/cgroup/memory.max", "\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "-1\n");
  EXPECT_EQ(limit(), k_unknown);
}

TEST_F(ProcessMemory, KnowsThisMachine) {
  EXPECT_GT(measure_memory_use(""), k_mib);
  EXPECT_LT(measure_memory_limit(""), k_unknown);
}

}  // namespace
}  // namespace mtasts::process
