#include "CVTK.h"

#include <new>
#include <string>
#include <vtk-9.1/vtkCellArray.h>
#include <vtk-9.1/vtkDoubleArray.h>
#include <vtk-9.1/vtkFieldData.h>
#include <vtk-9.1/vtkNew.h>
#include <vtk-9.1/vtkPointData.h>
#include <vtk-9.1/vtkPoints.h>
#include <vtk-9.1/vtkPolyData.h>
#include <vtk-9.1/vtkTypeInt64Array.h>
#include <vtk-9.1/vtkVersion.h>
#include <vtk-9.1/vtkXMLPolyDataWriter.h>

struct mote_vtk_points {
  vtkNew<vtkPolyData> data;
  std::string text;
};

namespace {

// VTK and the standard library throw only for want of memory, which must not cross into C.
template <typename Body>
auto guarded(Body body, decltype(body()) failed) -> decltype(body()) {
  try {
    return body();
  } catch (...) {
    return failed;
  }
}

template <typename Array, typename Number>
void add(vtkFieldData *fields, const char *name, int components, size_t rows, const Number *values) {
  vtkNew<Array> array;
  array->SetName(name);
  array->SetNumberOfComponents(components);
  array->SetNumberOfTuples(static_cast<vtkIdType>(rows));
  std::copy(values, values + rows * static_cast<size_t>(components), array->GetPointer(0));
  fields->AddArray(array);
}

size_t rows(const mote_vtk_points *points) { return static_cast<size_t>(points->data->GetNumberOfPoints()); }

}  // namespace

mote_vtk_points *mote_vtk_points_create(size_t count, const double *positions) {
  return guarded(
      [=]() -> mote_vtk_points * {
        auto points = new mote_vtk_points;
        vtkNew<vtkDoubleArray> coordinates;
        coordinates->SetNumberOfComponents(3);
        coordinates->SetNumberOfTuples(static_cast<vtkIdType>(count));
        std::copy(positions, positions + 3 * count, coordinates->GetPointer(0));
        vtkNew<vtkPoints> corners;
        corners->SetData(coordinates);
        vtkNew<vtkCellArray> cells;
        for (size_t i = 0; i < count; i++) {
          auto id = static_cast<vtkIdType>(i);
          cells->InsertNextCell(1, &id);
        }
        points->data->SetPoints(corners);
        points->data->SetVerts(cells);
        return points;
      },
      nullptr);
}

void mote_vtk_points_free(mote_vtk_points *points) { delete points; }

void mote_vtk_points_add(mote_vtk_points *points, const char *name, int components, const double *values) {
  add<vtkDoubleArray>(points->data->GetPointData(), name, components, rows(points), values);
}

void mote_vtk_points_add_integers(mote_vtk_points *points, const char *name, const int64_t *values) {
  add<vtkTypeInt64Array>(points->data->GetPointData(), name, 1, rows(points), values);
}

void mote_vtk_points_set_time(mote_vtk_points *points, double time) {
  add<vtkDoubleArray>(points->data->GetFieldData(), "TimeValue", 1, 1, &time);
}

const char *mote_vtk_points_encode(mote_vtk_points *points, size_t *length) {
  return guarded(
      [=]() -> const char * {
        vtkNew<vtkXMLPolyDataWriter> writer;
        writer->SetInputData(points->data);
        writer->SetDataModeToAppended();
        writer->EncodeAppendedDataOff();
        writer->WriteToOutputStringOn();
        if (!writer->Write()) return nullptr;
        points->text = writer->GetOutputString();
        *length = points->text.size();
        return points->text.data();
      },
      nullptr);
}

const char *mote_vtk_version(void) { return vtkVersion::GetVTKVersion(); }
